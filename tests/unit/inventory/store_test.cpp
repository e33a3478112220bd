// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/store.hpp"

#include "unit/inventory/fixture.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace ctys;
using namespace ctys::inventory;
using testing::Folder;

namespace {
unsigned mode_of(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}
}  // namespace

TEST_CASE("a replaced file keeps its mode, and links to it stay links") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, "old");
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  std::filesystem::create_symlink(file, folder / "link");
  REQUIRE(replace(folder / "link", "new"));
  CHECK(testing::read(file) == "new");
  CHECK(mode_of(file) == 0640U);
  CHECK(std::filesystem::is_symlink(folder / "link"));
  REQUIRE(replace(folder / "other", "x"));
  CHECK(testing::read(folder / "other") == "x");
}

TEST_CASE("what is not committed leaves the old file and nothing else") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, "old");
  {
    const auto lock = Lock::take(file).value();
    auto replacement = Replacement::begin(lock).value();
    REQUIRE(replacement.append(std::string(3000000, 'x')));
  }
  CHECK(testing::read(file) == "old");
  CHECK_FALSE(std::filesystem::exists(folder / ".enum.fdb.new"));
}

TEST_CASE("who comes second is refused, or waits") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  auto lock = Lock::take(file);
  REQUIRE(lock);
  CHECK(Lock::take(file, kNoPatience).error().code == Exit::refused);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    lock = tl::unexpected<Error>(Error{});  // its copy of the descriptor would keep the lock
    _exit(replace(file, "second") ? 0 : 1);
  }
  {
    auto replacement = Replacement::begin(*lock).value();
    REQUIRE(replacement.append("first"));
    REQUIRE(replacement.commit());
    CHECK(testing::read(file) == "first");
  }
  lock = tl::unexpected<Error>(Error{});
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(testing::read(file) == "second");
}

TEST_CASE("who waits for a lock ends when its time is over or it is asked to, and says whom it waited for") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  const auto lock = Lock::take(file);
  REQUIRE(lock);
  const auto me = "process " + std::to_string(::getpid()) + " (";
  const auto late = Lock::take(file, {false, std::chrono::steady_clock::now(), -1});
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Exit::deadline);
  CHECK(late.error().why.find(me) == 0);
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const Fd read_end(ends[0]);
  { const Fd closed(ends[1]); }
  const auto asked = Lock::take(file, {false, std::nullopt, read_end.get()});
  REQUIRE_FALSE(asked);
  CHECK(asked.error().summary == "interrupted");
  CHECK(asked.error().why.find(me) != std::string::npos);
}

TEST_CASE("a full disk leaves the old file, and is told") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, "old");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{100000, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto done = replace(file, std::string(5000000, 'x'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  (void)std::signal(SIGXFSZ, handler);
  REQUIRE_FALSE(done);
  CHECK(done.error().summary == "cannot write " + file.string());
  CHECK(testing::read(file) == "old");
}

TEST_CASE("content that was made of another state of the file does not replace it") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, "old");
  const auto lock = Lock::take(file).value();
  const auto old = stamp_of(file).value();
  auto replacement = Replacement::begin(lock).value();
  replacement.made_of(old);
  REQUIRE(replacement.append("new"));
  testing::write(file, "by hand");
  const auto done = replacement.commit();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Exit::refused);
  CHECK(testing::read(file) == "by hand");
  CHECK(stamp_of(folder / "nothing").value() == std::nullopt);
}
