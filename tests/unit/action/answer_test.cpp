// What the far side of a call says.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/answer.hpp"

#include "action/aftermath.hpp"
#include "base/file.hpp"
#include "plugin/conversation.hpp"
#include "wire/message.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

using namespace ctys;
using model::Record;

namespace {

// What is heard of it by whoever called from another host.
plugin::Outcome answer_to(const wire::Call& call) {
  ::setenv("CTYS_PLUGIN_PATH", TEST_BUILD "/tests/plugins", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  REQUIRE(::pipe2(in.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
  REQUIRE(write_all(in[1], wire::encode(call)));
  (void)action::answer(in[0], out[1]);  // which is less than a pipe holds
  plugin::Peer peer{"the host", {}, "h1"};
  peer.acts = true;
  plugin::Conversation talk(std::move(peer));
  std::array<char, 65536> chunk{};
  const auto size = ::read(out[0], chunk.data(), chunk.size());
  for (const int fd : {in[0], in[1], out[0], out[1]}) ::close(fd);
  REQUIRE(size > 0);
  talk.feed({chunk.data(), static_cast<std::size_t>(size)}, {});
  REQUIRE(talk.ended());
  return talk.take();
}

}  // namespace

TEST_CASE("a worker that is killed in the middle of a deed leaves the same behind there as it does here") {
  Record machine;
  machine.set(Field::type, "CRASH").set(Field::label, "web1");
  machine.set(Field::uuid, "6695eb01-f6a4-8304-79aa-97f2502e1931");
  wire::Call call;
  call.verb = wire::Verb::cancel;
  call.type = "CRASH";
  call.address = {{"UUID", machine.get(Field::uuid)}, {"LABEL", "web1"}};
  call.asked_by_type = true;
  call.deadline_ms = 60'000;
  call.patience_ms = 0;
  struct Case {
    const char* method;
    const char* doing;
  };
  for (const auto& [method, doing] :
       {Case{"POWEROFF", "stop"}, Case{"INIT", "stop"}, Case{"RESET", "reset"}}) {
    call.options = {{"METHOD", method}};
    std::vector<plugin::Outcome> there{answer_to(call)};
    action::hold_to_results(std::span(&machine, 1), there);
    action::tell_aftermath(std::span(&machine, 1), there, doing, false);
    auto here = plugin::collect_each(std::span(&call, 1), {});
    action::tell_aftermath(std::span(&machine, 1), here, doing);

    REQUIRE(here[0].failures.size() == 1);
    REQUIRE(there[0].failures.size() == 1);
    const auto& error = there[0].failures[0].error;
    CHECK(error.summary ==
          std::string("the worker of plugin CRASH was killed while it was to ") + doing + " web1");
    CHECK(error.summary == here[0].failures[0].error.summary);
    CHECK(error.why == here[0].failures[0].error.why);
    CHECK(error.fix == here[0].failures[0].error.fix);
    CHECK(error.fix.starts_with("look before you run it again: ctys list --all web1"));
    REQUIRE(here[0].records.size() == 1);
    REQUIRE(there[0].records.size() == 1);
    for (const auto field :
         {Field::label, Field::uuid, Field::type, Field::result, Field::state, Field::detail})
      CHECK(there[0].records[0].get(field) == here[0].records[0].get(field));
    CHECK(there[0].records[0].get(Field::result) == "unknown");
  }
}
