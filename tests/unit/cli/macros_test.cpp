// Macros of command lines: where files are found, what EVAL does, and the shipped lists.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/macros.hpp"

#include "base/file.hpp"
#include "base/process.hpp"
#include "model/macro.hpp"
#include "unit/cli/line.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

using namespace ctys;
using namespace ctys::tests;
namespace fs = std::filesystem;

namespace {

// A folder of macro files that is the search path while the object lives.
struct MacroFolder {
  MacroFolder() {
    std::string pattern = (fs::temp_directory_path() / "ctys-macros-XXXXXX").string();
    path = mkdtemp(pattern.data());
    setenv("CTYS_MACRO_PATH", path.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one test after another
  }
  ~MacroFolder() {
    unsetenv("CTYS_MACRO_PATH");  // NOLINT(concurrency-mt-unsafe)
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  MacroFolder(const MacroFolder&) = delete;
  MacroFolder& operator=(const MacroFolder&) = delete;
  void write(const std::string& name, const std::string& content) const {
    REQUIRE(replace_file(path / name, content));
  }
  fs::path path;
};

// Waits until `done`, at most 20 seconds.
template <class Done>
bool comes_true(Done done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// The number in a file; 0 as long as there is none.
pid_t pid_in(const fs::path& file) {
  const auto text = read_file(file, 100);
  return text && text->ends_with('\n') ? static_cast<pid_t>(std::stol(*text)) : 0;
}

bool is_gone(pid_t pid) {
  return !identify(pid);  // nor a zombie
}

}  // namespace

TEST_CASE("EVAL ends after its time, with all it started") {
  const MacroFolder folder;
  const auto file = folder.path / "pid";
  folder.write("default", "slow = sleep 300 & echo $! > " + file.string() + "; wait; echo web01\n");
  const auto words = cli::expand_macros({"{MACRO:slow%EVAL}"}, std::chrono::milliseconds(1200));
  REQUIRE(!words);
  CHECK(words.error().why == "it has not ended after 1.2 s and was stopped");
  REQUIRE(pid_in(file) > 0);
  CHECK(comes_true([&] { return is_gone(pid_in(file)); }));
}

TEST_CASE("EVAL ends with ctys, with all it started") {
  const MacroFolder folder;
  const auto file = folder.path / "pid";
  folder.write("default", "slow = sleep 300 & echo $! > " + file.string() + "; wait; echo web01\n");
  const pid_t child = fork();
  if (child == 0) {
    static_cast<void>(parsed("ctys stop {MACRO:slow%EVAL}"));
    _exit(0);
  }
  REQUIRE(child > 0);
  REQUIRE(comes_true([&] { return pid_in(file) > 0; }));
  kill(child, SIGKILL);
  CHECK(comes_true([&] { return is_gone(pid_in(file)); }));
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
}

TEST_CASE("macros are replaced before anything else is read, in both grammars") {
  const MacroFolder folder;
  folder.write("default", "mine = -a list=l -X\nverb = cancel\nweb = web01 web02\n");
  folder.write("more", "web = web03\n");
  CHECK(accepted("ctys macro:mine").output.format == model::Format::terse);
  CHECK(accepted("ctys macro:verb MACRO:web").machines.size() == 2);
  CHECK(accepted("ctys stop {MACRO:web%more}").machines[0].text == "web03");
  CHECK(accepted("ctys -t qemu -a create=l:{MACRO:web%more},reuse").machines[0].keys[0].value == "web03");
  CHECK(refused("ctys stop MACRO:wbe").fix == "did you mean 'web'?");
  folder.write("broken", "web\n");
  CHECK(refused("ctys stop MACRO:web%broken").summary.find("line 1") != std::string::npos);
  CHECK(accepted("ctys stop {MACRO:web%" + (folder.path / "more").string() + "}").machines[0].text ==
        "web03");
}

TEST_CASE("EVAL takes what the command prints, and says what failed") {
  const MacroFolder folder;
  folder.write("default", "good = echo web01; echo web02\nbad = exit 3\ndead = kill -9 $$\nmuch = yes\n");
  CHECK(accepted("ctys stop {MACRO:good%EVAL}").machines.size() == 2);
  CHECK(refused("ctys stop {MACRO:bad%EVAL}").why == "it ended with status 3");
  CHECK(refused("ctys stop {MACRO:dead%EVAL}").why == "it was ended by signal 9");
  CHECK(refused("ctys stop {MACRO:much%EVAL}").why == "it prints more than a command line can hold");
}

TEST_CASE("every shipped list and enumeration is a valid command line") {
  for (const auto& [name, text] : model::shipped_macros()) {
    if (text.substr(0, 3) != "-a ") continue;
    const auto request = accepted("ctys {MACRO:" + std::string(name) + "} localhost");
    CHECK(request.output.columns.size() >= 4);
  }
}

TEST_CASE("EVAL runs nothing that others can write") {
  const MacroFolder folder;
  folder.write("default", "ev = echo web01\n");
  const auto rights = [](const fs::path& path, unsigned mode) {
    fs::permissions(path, static_cast<fs::perms>(mode));
  };
  CHECK(accepted("ctys stop macro:ev%EVAL").machines[0].text == "web01");
  rights(folder.path / "default", 0666);
  CHECK(parsed("ctys stop macro:ev%EVAL").error().code == Exit::refused);
  CHECK(parsed("ctys stop macro:ev%EVAL").error().why == "others can write its file");
  CHECK(accepted("ctys stop macro:ev").machines.size() == 2);
  rights(folder.path / "default", 0644);
  rights(folder.path, 0777);
  CHECK(parsed("ctys stop macro:ev%EVAL").error().why == "others can write the folder of its file");
  rights(folder.path, 01777);
  CHECK(accepted("ctys stop macro:ev%EVAL").machines[0].text == "web01");
  rights(folder.path, 0700);
}
