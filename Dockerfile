# The audit as an image: non-root, and it runs with a read-only file system:
#
#   docker build -t audit .
#   docker run --rm --read-only --tmpfs /tmp -v "$PWD:/work:ro" -v "$PWD/out:/out" audit \
#     run specs --terraform environments/prod --report html=/out/report.html
#
# BASE can be pinned to a digest: --build-arg BASE=python:3.11-slim@sha256:…
ARG BASE=python:3.11-slim
FROM ${BASE} AS build
WORKDIR /build
COPY requirements.in requirements.lock ./
# Every package has its hash in the lock.
RUN python -m venv /opt/audit \
    && /opt/audit/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY audits audits
COPY reports reports
RUN /opt/audit/bin/pip install --no-cache-dir --no-deps .

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin audit
COPY --from=build /opt/audit /opt/audit
ENV PATH=/opt/audit/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 AUDIT_CACHE_DIR=
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["glimpse-audit"]
CMD ["--help"]
