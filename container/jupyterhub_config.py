"""A JupyterHub on one computer, with a container for each learner: docs/serving.md says how to start it."""

import sys

c = get_config()  # noqa: F821 - JupyterHub gives it to this file

# Everybody who has an account on this computer may log in.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True

c.JupyterHub.spawner_class = "docker"
c.JupyterHub.hub_ip = "172.17.0.1"  # Docker's bridge: containers reach the hub there, and other computers don't
c.DockerSpawner.image = "mnist-course"
c.DockerSpawner.cmd = ["jupyterhub-singleuser"]
c.DockerSpawner.remove = True
# The volume begins as a copy of the course, and keeps what the learner changes in it.
c.DockerSpawner.volumes = {"mnist-course-{username}": "/home/jovyan"}
c.DockerSpawner.mem_limit = "3G"  # the notebooks need 2, JupyterLab and a second kernel the rest
c.DockerSpawner.cpu_limit = 2
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"

# Ends the container of a learner who has done nothing for an hour.
c.JupyterHub.services = [
    {"name": "idle-culler", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}
]
scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
c.JupyterHub.load_roles = [{"name": "idle-culler", "scopes": scopes, "services": ["idle-culler"]}]
