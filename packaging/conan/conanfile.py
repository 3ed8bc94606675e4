# SPDX-License-Identifier: MIT
# A Conan 2 recipe that builds from this tree: conan create packaging/conan
import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class ParleyConan(ConanFile):
    name = "parley"
    version = "0.1.0"
    description = "Socket.IO and WebSocket for C++"
    license = "MIT"
    topics = ("socket.io", "websocket", "http", "server")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False]}
    default_options = {"shared": False, "fPIC": True}
    implements = ["auto_shared_fpic"]

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "package*.json", "cmake/*", "parley/*", "packaging/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 23)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("parley runs on Linux only")

    def requirements(self):
        self.requires("openssl/[>=3 <4]")
        self.requires("simdjson/[>=3 <4]")
        self.requires("zlib/[>=1.2.11 <2]")

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "APPS", "EXAMPLES", "WERROR"):
            toolchain.cache_variables[f"PARLEY_{part}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "parley")
        self.cpp_info.set_property("cmake_target_name", "parley::parley")
        self.cpp_info.set_property("cmake_target_aliases", ["parley::server", "parley::web", "parley::client"])
        self.cpp_info.set_property("pkg_config_name", "parley")
        self.cpp_info.libs = ["parley"]
        self.cpp_info.requires = ["openssl::crypto", "simdjson::simdjson", "zlib::zlib"]
        self.cpp_info.system_libs = ["pthread"]
