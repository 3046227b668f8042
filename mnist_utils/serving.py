"""The pad as a web page for many visitors: how many kernels there may be, and when they end. voila.json names it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Integer

FULL = "All {} places are taken. Please load this page again in a few minutes."


class VisitorKernels(AsyncMappingKernelManager):
    """The kernels of Voila's visitors, one for each page, with some settings more than Jupyter's own.

    Attributes
    ----------
    most : int
        So many kernels may be there at a time; who comes then is told so in a sentence.
    cull_idle_timeout : int
        Jupyter's own: seconds from the last use until the kernel of a closed page ends.
    forgotten_timeout : int
        Seconds from the last use until the kernel of an open page ends.
    """

    most = Integer(10, min=1, config=True, help="How many kernels may be there at a time.")
    forgotten_timeout = Integer(3600, min=1, config=True, help="Seconds until the kernel of an unused open page ends.")

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start the kernel of a page and give its id; HTTPError 503 where all places are taken."""
        # Those that are about to start count, or requests that come together would all pass.
        if len(self._kernels.keys() | self._pending_kernels.keys()) >= self.most:
            raise HTTPError(503, reason=FULL.format(self.most))
        return await super().start_kernel(**kwargs)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that was not used for too long: sooner where its page was closed."""
        idle = datetime.now(UTC) - self.get_kernel(kernel_id).last_activity  # type: ignore[attr-defined]
        self.cull_connected = idle > timedelta(seconds=self.forgotten_timeout)
        await super().cull_kernel_if_idle(kernel_id)
