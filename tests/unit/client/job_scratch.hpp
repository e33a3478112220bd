// A folder of jobs for one test.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace ctys::tests {

struct JobScratch {
  JobScratch() {
    std::string name = (std::filesystem::temp_directory_path() / "ctys-jobs-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
    jobs = root / "ctys" / "jobs";
    ::setenv("XDG_STATE_HOME", name.c_str(), 1);
  }
  JobScratch(const JobScratch&) = delete;
  JobScratch& operator=(const JobScratch&) = delete;
  ~JobScratch() {
    ::unsetenv("XDG_STATE_HOME");
    std::filesystem::remove_all(root);
  }
  [[nodiscard]] std::filesystem::path of(unsigned id) const { return jobs / std::to_string(id); }

  static void write(const std::filesystem::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
  }
  static std::string read(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::filesystem::path root, jobs;
};

}  // namespace ctys::tests
