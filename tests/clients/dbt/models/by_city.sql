{{ config(materialized='table', format='parquet', write_compression='snappy') }}
select city, count(*) as orders, sum(price) as total from {{ ref('orders') }} group by city
