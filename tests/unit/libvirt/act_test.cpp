// CREATE and CANCEL on libvirt's test driver: every method, twice, and what must be refused.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/cancel_wish.hpp"
#include "libvirt/connection.hpp"
#include "libvirt/ctys_file.hpp"
#include "libvirt/wait.hpp"
#include "unit/libvirt/captured.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>

using captured::Pairs;
using ctys::Error;
using ctys::Exit;
using ctys::Field;

namespace {

const std::string kUri = "test:///default";

// The test driver forgets everything with its last connection. The last case's may be held by a thread of it
// for a moment longer.
struct Lab {
  static ctys::libvirt::Connection anew() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (true) {
      auto connection = ctys::libvirt::Connection::open(kUri, ctys::libvirt::Access::write);
      const ctys::libvirt::DomainHandle test(virDomainLookupByName(connection.get(), "test"));
      if (test && ctys::libvirt::state_of(test.get()).is_running()) return connection;
      if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the last case's machines stay");
    }
  }
  ctys::libvirt::Connection held = anew();

  using Row = std::map<Field, std::string>;
  static Row act(decltype(ctys::libvirt::create)* action, Pairs address, Pairs options) {
    const captured::Asked asked(kUri, std::move(address), std::move(options));
    auto told = captured::run(
        asked, [&](const auto& request, auto& call) { action(ctys::libvirt::kTest, request, call); });
    REQUIRE(told.rows.size() == 1);
    return told.rows[0];
  }
  static Row create(Pairs options, Pairs address = {{"NAME", "test"}}) {
    return act(ctys::libvirt::create, std::move(address), std::move(options));
  }
  static Row cancel(Pairs options, Pairs address = {{"NAME", "test"}}) {
    return act(ctys::libvirt::cancel, std::move(address), std::move(options));
  }
  template <class Action>
  static Error error_of(Action&& action) {
    try {
      action();
    } catch (const Error& error) {
      return error;
    }
    return {Exit::ok, "nothing failed"};
  }
};

// A result and a state, e.g. "done stopped".
std::string outcome(Lab::Row row) {
  return row[Field::result] + " " + row[Field::state];
}

struct TemporaryFile {
  explicit TemporaryFile(const std::string& text, const std::string& name)
      : path(std::filesystem::temp_directory_path() / name) {
    std::ofstream(path) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a running machine is not started again, but taken where that was asked for") {
  Lab lab;
  const auto error = Lab::error_of([] { Lab::create({}); });
  CHECK(error.code == Exit::refused);
  CHECK(error.fix.find("--reuse (REUSE)") != std::string::npos);
  CHECK(outcome(Lab::create({{"MODE", "REUSE"}})) == "already running");
  CHECK(outcome(Lab::create({{"MODE", "RECONNECT"}})) == "already running");
  CHECK(outcome(Lab::create({{"MODE", "CONNECT"}})) == "already running");
  CHECK(outcome(Lab::create({{"AMBIGUOUS", ""}})) == "already running");
}

TEST_CASE("stopping and starting do what they say, once") {
  Lab lab;
  CHECK(outcome(Lab::cancel({})) == "done stopped");
  CHECK(outcome(Lab::cancel({})) == "already stopped");
  CHECK(Lab::error_of([] { Lab::create({{"MODE", "CONNECT"}}); }).code == Exit::failed);
  CHECK(Lab::error_of([] { Lab::create({{"MODE", "RESUME"}}); }).code == Exit::failed);
  CHECK(outcome(Lab::create({})) == "done running");
  CHECK(outcome(Lab::cancel({{"FORCE", ""}})) == "done stopped");
  CHECK(outcome(Lab::create({{"MODE", "REUSE"}})) == "done running");
  CHECK(outcome(Lab::cancel({{"DELAY", "0"}})) == "done stopped");
}

TEST_CASE("a paused machine is resumed, not started") {
  Lab lab;
  CHECK(outcome(Lab::cancel({{"METHOD", "PAUSE"}})) == "done paused");
  CHECK(outcome(Lab::cancel({{"METHOD", "PAUSE"}})) == "already paused");
  CHECK(Lab::error_of([] { Lab::create({}); }).code == Exit::refused);
  CHECK(outcome(Lab::create({{"MODE", "RESUME"}})) == "done running");
  CHECK(outcome(Lab::create({{"MODE", "RESUME"}})) == "already running");
  Lab::cancel({{"METHOD", "PAUSE"}});
  CHECK(outcome(Lab::create({{"MODE", "REUSE"}})) == "done running");
  Lab::cancel({{"METHOD", "PAUSE"}});
  CHECK(outcome(Lab::cancel({})) == "done stopped");
}

TEST_CASE("suspending saves the state, and resuming needs it") {
  Lab lab;
  CHECK(outcome(Lab::cancel({{"METHOD", "SUSPEND"}})) == "done saved");
  CHECK(outcome(Lab::cancel({{"METHOD", "SUSPEND"}})) == "already saved");
  CHECK(outcome(Lab::cancel({})) == "already saved");
  CHECK(Lab::error_of([] {
          Lab::create({{"BOOTMODE", "KERNEL"}, {"BOOTPATH", "/k"}});
        }).code == Exit::refused);
  auto resumed = Lab::create({{"MODE", "RESUME"}});
  CHECK(outcome(resumed) == "done running");
  CHECK(resumed[Field::detail] == "restored from its saved state");
  Lab::cancel({{"METHOD", "SUSPEND"}});
  CHECK(outcome(Lab::cancel({{"FORCE", ""}})) == "done stopped");
  CHECK(Lab::error_of([] { Lab::create({{"MODE", "RESUME"}}); }).code == Exit::failed);
}

TEST_CASE("a reset or reboot leaves a running machine, even of a paused one") {
  Lab lab;
  for (const char* method : {"RESET", "REBOOT"}) {
    INFO(method);
    CHECK(outcome(Lab::cancel({{"METHOD", method}})) == "done running");
    Lab::cancel({{"METHOD", "PAUSE"}});
    CHECK(outcome(Lab::cancel({{"METHOD", method}})) == "done running");
  }
  Lab::cancel({});
  for (const char* method : {"RESET", "REBOOT", "PAUSE", "SUSPEND"})
    CHECK(Lab::error_of([&] { Lab::cancel({{"METHOD", method}}); }).code == Exit::failed);
}

TEST_CASE("a wish that contradicts itself is refused before anything is touched") {
  CHECK(Lab::error_of([] { Lab::cancel({{"METHOD", "REBOOT"}, {"FORCE", ""}}); }).code == Exit::refused);
  CHECK(Lab::error_of([] {
          Lab::cancel({{"METHOD", "INIT"}, {"LEVEL", "3"}, {"FORCE", ""}});
        }).code == Exit::refused);
  for (const Pairs& options :
       {Pairs{{"METHOD", "EXPLODE"}}, Pairs{{"METHOD", "INIT"}}, Pairs{{"METHOD", "INIT"}, {"LEVEL", "7"}},
        Pairs{{"DELAY", "soon"}}, Pairs{{"TIMEOUT", "-1"}}})
    CHECK(Lab::error_of([&] { Lab::cancel(options); }).code == Exit::usage);
  for (const Pairs& options : {Pairs{{"MODE", "AGAIN"}}, Pairs{{"WAIT", "rain"}}, Pairs{{"PING", "a%b"}},
                               Pairs{{"WAITS", "x"}}, Pairs{{"MODE", "RESUME"}, {"BOOTMODE", "HDD"}}})
    CHECK(Lab::error_of([&] { Lab::create(options); }).code == Exit::usage);
}

TEST_CASE("run levels 0 and 6 are switching off and rebooting") {
  const auto parse = [](Pairs options) {
    const captured::Asked asked(kUri, {}, std::move(options));
    return ctys::libvirt::parse_cancel(asked.request());
  };
  CHECK(parse({{"METHOD", "INIT"}, {"LEVEL", "0"}}).method == ctys::libvirt::Method::power_off);
  CHECK(parse({{"METHOD", "INIT"}, {"LEVEL", "6"}}).method == ctys::libvirt::Method::reboot);
  CHECK(parse({{"METHOD", "INIT"}, {"LEVEL", "3"}}).level == 3);
  CHECK(parse({{"DELAY", "5"}, {"TIMEOUT", "9"}}).patience == std::chrono::seconds(5));
  CHECK(parse({}).patience == std::chrono::seconds(20));
}

TEST_CASE("a machine that was renamed or is gone is not touched") {
  Lab lab;
  const auto renamed = Lab::error_of([] {
    Lab::cancel({}, {{"UUID", "6695eb01-f6a4-8304-79aa-97f2502e193f"}, {"NAME", "other"}});
  });
  CHECK(renamed.code == Exit::refused);
  const auto gone = Lab::error_of([] {
    Lab::cancel({}, {{"UUID", "00000000-0000-4000-8000-000000000001"}});
  });
  CHECK(gone.code == Exit::failed);
  CHECK(outcome(Lab::create({{"MODE", "REUSE"}})) == "already running");
}

TEST_CASE("a file without UUID means one machine, however often it is used") {
  Lab lab;
  const TemporaryFile file(
      "<domain type='test'><name>fromfile</name><memory>1024</memory><os><type>hvm</type></os></domain>",
      "ctys-act-test.xml");
  const Pairs address{{"ID", file.path.string()}};
  auto first = Lab::create({}, address);
  CHECK(outcome(first) == "done running");
  CHECK(first[Field::id] == file.path.string());
  CHECK(first[Field::uuid] == ctys::libvirt::uuid_of_path(file.path.string()));
  auto second = Lab::create({{"MODE", "REUSE"}}, address);
  CHECK(outcome(second) == "already running");
  CHECK(second[Field::uuid] == first[Field::uuid]);
  Lab::cancel({}, {{"NAME", "fromfile"}});
  CHECK(outcome(Lab::create({}, address)) == "done running");
}

TEST_CASE("a file does not take the place of another machine of its name") {
  Lab lab;
  const TemporaryFile file(
      "<domain type='test'><name>test</name><memory>1024</memory><os><type>hvm</type></os></domain>",
      "ctys-act-clash.xml");
  const auto error = Lab::error_of([&] { Lab::create({}, {{"ID", file.path.string()}}); });
  CHECK(error.code == Exit::refused);
  CHECK(error.where == file.path.string());
}

TEST_CASE("libvirt's reason is told when a file's machine has the UUID of another one") {
  Lab lab;
  Lab::cancel({});
  const TemporaryFile file(
      "<domain type='test'><name>app02</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>"
      "<memory>1024</memory><os><type>hvm</type></os></domain>",
      "ctys-act-uuid.xml");
  const auto error = Lab::error_of([&] { Lab::create({}, {{"ID", file.path.string()}}); });
  CHECK(error.summary == "cannot define app02");
  CHECK(error.why.find("6695eb01") != std::string::npos);
}

TEST_CASE("a file that others can write starts nothing") {
  Lab lab;
  const TemporaryFile file(
      "<domain type='test'><name>open</name><memory>1024</memory><os><type>hvm</type></os></domain>",
      "ctys-act-open.xml");
  std::filesystem::permissions(file.path, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  const auto error = Lab::error_of([&] { Lab::create({}, {{"ID", file.path.string()}}); });
  CHECK(error.code == Exit::refused);
  CHECK(error.where == file.path.string());
  CHECK(Lab::error_of([] { Lab::create({}, {{"NAME", "open"}}); }).code == Exit::failed);
}

TEST_CASE("a file's definition takes the place of the stored one only when its machine starts") {
  Lab lab;
  const auto text = [](const char* memory) {
    return std::string("<domain type='test'><name>twice</name><memory>") + memory +
           "</memory><os><type>hvm</type></os></domain>";
  };
  const TemporaryFile file(text("1024"), "ctys-act-twice.xml");
  const Pairs address{{"ID", file.path.string()}};
  CHECK(Lab::create({}, address)[Field::detail] == "started");
  Lab::cancel({}, {{"NAME", "twice"}});
  CHECK(Lab::create({}, address)[Field::detail] == "started");  // the same again
  Lab::cancel({}, {{"NAME", "twice"}});
  const auto memory = [&] {
    const ctys::libvirt::DomainHandle domain(virDomainLookupByName(lab.held.get(), "twice"));
    return virDomainGetMaxMemory(domain.get());
  };
  std::ofstream(file.path) << text("4096");
  CHECK(Lab::error_of([&] { Lab::create({{"MODE", "RESUME"}}, address); }).code == Exit::failed);
  CHECK(memory() == 1024);
  CHECK(Lab::create({}, address)[Field::detail] ==
        "started, its stored definition was replaced by that of " + file.path.string());
  CHECK(memory() == 4096);
  // Also where the machine was found by what was made of the file before.
  Lab::cancel({}, {{"NAME", "twice"}});
  std::ofstream(file.path) << text("8192");
  const Pairs found{{"NAME", "twice"}, {"ID", file.path.string()}};
  CHECK(Lab::create({{"BYFILE", ""}}, found)[Field::detail].find("replaced") != std::string::npos);
  CHECK(memory() == 8192);
  // What somebody set meanwhile makes no difference between the file and its machine.
  Lab::cancel({}, {{"NAME", "twice"}});
  for (const auto* const key : {"USTRG", "OS"})
    captured::run(captured::Asked("test:///default", found, {{"OP", "SET"}, {"KEY", key}, {"VALUE", "mine"}}),
                  [](const auto& request, auto& call) {
                    ctys::libvirt::attribute(ctys::libvirt::kTest, request, call);
                  });
  CHECK(Lab::create({{"BYFILE", ""}}, found)[Field::detail] == "started");
}

TEST_CASE("a machine that a file alone describes stays undefined when it cannot be started") {
  Lab lab;
  const TemporaryFile file(
      "<domain type='test'><name>never</name><memory>1024</memory><os><type>hvm</type></os></domain>",
      "ctys-act-never.xml");
  CHECK(Lab::error_of([&] {
          Lab::create({{"MODE", "CONNECT"}}, {{"ID", file.path.string()}});
        }).code == Exit::failed);
  const ctys::libvirt::DomainHandle domain(virDomainLookupByName(lab.held.get(), "never"));
  CHECK(domain == nullptr);
}

TEST_CASE("not waiting is honoured, or refused where it would leave half a thing behind") {
  Lab lab;
  CHECK(Lab::error_of([] { Lab::cancel({{"METHOD", "SUSPEND"}, {"NOWAIT", ""}}); }).code == Exit::refused);
  CHECK(outcome(Lab::cancel({{"METHOD", "PAUSE"}, {"NOWAIT", ""}})) == "done paused");
}

TEST_CASE("a broken file is wrong usage and names itself") {
  const TemporaryFile file("<domain><name>a</nam></domain>", "ctys-act-broken.xml");
  for (const std::string& path :
       {file.path.string(), std::string("/nowhere/a.xml"), std::string("/dev/zero")}) {
    INFO(path);
    const auto error = Lab::error_of([&] { Lab::create({}, {{"ID", path}}); });
    CHECK(error.code == Exit::usage);
    CHECK((error.summary + error.why + error.where).find(path) != std::string::npos);
  }
}
