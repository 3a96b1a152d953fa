"""The embedded AWS endpoint: runs the built template, state machines and handlers without Docker.

It is ministack (exactly the pinned version) behind a handful of seams that put right what it does otherwise
than AWS. Its Lambda execution is replaced by a host that serves the Lambda Runtime API to the real
``awslambdaric``, one process per execution environment.

Start it with its own environment's interpreter, from the repository's root::

    python3 -m venv .venvs/aws     && .venvs/aws/bin/pip install -r local/aws/requirements.txt
    python3 -m venv .venvs/runtime && .venvs/runtime/bin/pip install -r local/aws/runtime-requirements.txt
    .venvs/aws/bin/python -m local.aws --port 4566 --state .local/aws --logs .local/logs

It binds 127.0.0.1 only and answers ``GET /_ministack/health``. Every option has an environment variable; see
``python -m local.aws --help`` and :mod:`local.aws.settings`. Handlers' output is in
``<logs>/<function>.log``, the endpoint's own goes to standard error.

Credentials: any; an access key of twelve digits is taken as the account number, others mean 000000000000.
"""
