// SPDX-License-Identifier: MIT
export { default } from "vitepress/theme-without-fonts";
import "./style.css";  // behind the theme's, which it amends
