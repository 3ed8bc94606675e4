// SPDX-License-Identifier: MIT
// The page is as high as what can be seen of it. Where an on-screen keyboard covers the page instead of making it
// smaller (Safari), only the visual viewport tells.

export function fitToVisibleViewport(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = (): void => {
    if (viewport.scale > 1.01) return;  // somebody has zoomed in: the page stays as it is
    const style = document.documentElement.style;
    style.setProperty("--viewport-top", `${viewport.offsetTop}px`);
    style.setProperty("--viewport-height", `${viewport.height}px`);
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
  fit();
}
