"""In: this checkout. Out: what `make` runs around the pipeline: Airflow on this machine, the demonstration, secrets for the containers."""
