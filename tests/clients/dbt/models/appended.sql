{{ config(materialized='incremental', incremental_strategy='append') }}
select id, city from {{ ref('orders') }}
