# The service in one container: non-root, works with a read-only root file system.
# Writable: /var/lib/jalon (database, health file, request budget) and /srv/jalon (the public folder).
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock requirements-dev.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/jalon \
 && /opt/jalon/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock
COPY sync ./sync
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/jalon/bin/pip install --no-cache-dir --no-deps --no-index /wheel/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/jalon --shell /usr/sbin/nologin jalon \
 && install -d -o jalon -g jalon -m 0750 /var/lib/jalon \
 && install -d -o jalon -g jalon -m 0755 /srv/jalon
COPY --from=build /opt/jalon /opt/jalon
COPY config /app/config
COPY mappings /app/mappings
ENV PATH=/opt/jalon/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    JALON_DATABASE_URL=sqlite:////var/lib/jalon/jalon.db \
    JALON_PUBLISH=/srv/jalon/public
WORKDIR /app
USER jalon
VOLUME ["/var/lib/jalon", "/srv/jalon"]
# Only for webhooks, when JALON_WEBHOOK_URL is given.
EXPOSE 8787
HEALTHCHECK --interval=60s --timeout=10s --start-period=120s CMD ["jalon", "health"]
ENTRYPOINT ["jalon"]
CMD ["worker"]
