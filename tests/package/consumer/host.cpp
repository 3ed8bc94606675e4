// SPDX-License-Identifier: MIT
extern "C" int run_plugin();

int main() {
    return run_plugin();
}
