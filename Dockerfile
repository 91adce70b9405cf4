# The pipeline with Airflow, from the same lock as everywhere else. No secret goes in: docker-compose.yml gives them at run time.
FROM python:3.12-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.lock /build/
RUN /opt/venv/bin/pip install --require-hashes --requirement /build/requirements.lock
COPY pyproject.toml README.md LICENSE /build/
COPY ingest /build/ingest
COPY explorer /build/explorer
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation /build

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/claimledger \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    HOME=/srv/airflow \
    AIRFLOW_HOME=/srv/airflow
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/claimledger
COPY ingest ingest
COPY dags dags
COPY dbt_project dbt_project
COPY expectations expectations
COPY ops ops
COPY explorer explorer
COPY docs/queries docs/queries
COPY warehouse/raw.sql warehouse/raw.sql
# Group 0 may write where the runs write: the compose file runs the image as whoever owns the mounted folders.
RUN useradd --uid 10001 --gid 0 --home-dir /srv/airflow --no-create-home claimledger \
    && mkdir -p /srv/airflow/logs /srv/home /srv/data \
    && chown -R 10001:0 /srv/airflow /srv/home /srv/data \
    && chmod -R 2775 /srv/airflow /srv/home /srv/data
USER 10001:0
CMD ["airflow", "version"]
