"""Bias metrics by smclarify 0.5, or by a SageMaker Clarify job that is asked the same.

    pip install smclarify==0.5 pandas==1.5.3 numpy==1.26.4
    python THIS_FILE                       print analysis.json
    pip install sagemaker awswrangler
    python THIS_FILE --job ROLE_ARN s3://BUCKET/PREFIX    run it on SageMaker; the reports are stored below the prefix
"""
import json
import logging
import sys

import pandas as pd

CONFIG = "@CONFIG@"


def rows():
    pass  # @READ@


def analysis(data):
    from smclarify.bias import report

    logging.disable(logging.CRITICAL)
    positive = CONFIG["label_values_or_threshold"]
    group = data[CONFIG["group_variable"]] if "group_variable" in CONFIG else None
    found = {"version": "1.0"}
    for stage in (report.StageType.PRE_TRAINING, report.StageType.POST_TRAINING):
        methods = CONFIG["methods"].get(f"{stage.value}_bias")
        if methods is None:
            continue
        wanted = methods["methods"]
        facets = {}
        for facet in CONFIG["facet"]:
            name, values = facet["name_or_index"], facet.get("value_or_threshold")
            predicted = None
            if stage is report.StageType.POST_TRAINING:
                column = CONFIG["predicted_label"]
                predicted = report.LabelColumn(column, data[column], list(positive))
            facets.setdefault(name, []).extend(report.bias_report(
                data,
                report.FacetColumn(name, sensitive_values=list(values) if values else None),
                report.LabelColumn(CONFIG["label"], data[CONFIG["label"]], list(positive)),
                stage,
                predicted,
                metrics=["all"] if wanted == "all" else list(wanted),
                group_variable=group,
            ))
        found[f"{stage.value}_bias_metrics"] = {
            "label": CONFIG["label"],
            "facets": facets,
            "label_value_or_threshold": report.label_value_or_threshold(data[CONFIG["label"]], list(positive)),
        }
    return found


def job(data, role, output):
    import awswrangler
    from sagemaker import Session, clarify

    source = f"{output.rstrip('/')}/input/data.csv"
    awswrangler.s3.to_csv(data, source, index=False)
    facets = [facet["name_or_index"] for facet in CONFIG["facet"]]
    values = [facet.get("value_or_threshold") for facet in CONFIG["facet"]]
    bias = clarify.BiasConfig(
        label_values_or_threshold=CONFIG["label_values_or_threshold"],
        facet_name=facets,
        facet_values_or_threshold=values,
        group_name=CONFIG.get("group_variable"),
    )
    config = clarify.DataConfig(
        s3_data_input_path=source,
        s3_output_path=output,
        label=CONFIG["label"],
        headers=list(data.columns),
        dataset_type="text/csv",
        predicted_label=CONFIG.get("predicted_label"),
    )
    processor = clarify.SageMakerClarifyProcessor(
        role=role, instance_count=1, instance_type="ml.m5.xlarge", sagemaker_session=Session()
    )
    methods = CONFIG["methods"]
    if "pre_training_bias" in methods:
        processor.run_pre_training_bias(config, bias, methods=methods["pre_training_bias"]["methods"])
    if "post_training_bias" in methods:
        processor.run_post_training_bias(config, bias, methods=methods["post_training_bias"]["methods"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        job(rows(), *sys.argv[2:4])
    else:
        print(json.dumps(analysis(rows()), indent=4))
