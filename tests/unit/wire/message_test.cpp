// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/message.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ctys;
using wire::Message;

namespace {
Message there_and_back(const Message& message) {
  std::string line = wire::encode(message);
  REQUIRE(line.back() == '\n');
  line.pop_back();
  REQUIRE(line.find('\n') == std::string::npos);
  auto decoded = wire::decode(line);
  REQUIRE(decoded);
  return *decoded;
}
}  // namespace

TEST_CASE("an error says that there was no plugin, where that is so") {
  for (const bool missing : {true, false}) {
    Error error{Exit::failed, "cannot load plugin xen.so"};
    error.no_plugin = missing;
    auto line = wire::encode(error);
    line.pop_back();
    const auto back = wire::decode(line);
    REQUIRE(back);
    CHECK(std::get<Error>(*back).no_plugin == missing);
  }
}

TEST_CASE("every message survives the wire") {
  wire::Call call{wire::Verb::cancel, "QEMU", "qemu:///system", {{"UUID", "x"}}, {{"FORCE", ""}}, true, 1500};
  CHECK(std::get<wire::Call>(there_and_back(call)) == call);
  call.relay = wire::Relay{{"lab01", "root@[::1]:22"}, {"gw2"}, 7, false};
  CHECK(std::get<wire::Call>(there_and_back(call)) == call);
  call.relay.reset();
  call.deadline_ms.reset();
  call.patience_ms = 600'000;
  call.whole_ms = 2000;
  CHECK(std::get<wire::Call>(there_and_back(call)) == call);

  model::Record record;
  record.set(Field::label, "web\n01\x1b[2J").set(Field::state, "running");
  CHECK(std::get<model::Record>(there_and_back(record)) == record);

  const auto error = std::get<Error>(there_and_back(Error{Exit::refused, "a", "b", "c", "d"}));
  CHECK((error.code == Exit::refused && error.summary == "a" && error.why == "b" && error.fix == "c"));
  CHECK(error.where == "d");
  CHECK(std::get<wire::End>(there_and_back(wire::End{4})).status == 4);
  CHECK(std::get<wire::Hello>(there_and_back(wire::Hello{1, "h", "v"})).host == "h");
  CHECK_FALSE(std::get<wire::Hello>(there_and_back(wire::Hello{1, "h", "v"})).again);
  CHECK(std::get<wire::Hello>(there_and_back(wire::Hello{1, "h", "v", true})).again);
  CHECK(std::get<wire::Progress>(there_and_back(wire::Progress{"p"})).text == "p");
  CHECK(std::get<wire::Log>(there_and_back(wire::Log{2, "l"})).text == "l");
  CHECK(std::get<wire::Asking>(there_and_back(wire::Asking{true})).begins);
  const auto reached = std::get<wire::Reached>(there_and_back(wire::Reached{3, 2, "port 22"}));
  CHECK((reached.link == 3 && reached.step == 2 && reached.note == "port 22"));
  const auto leads = std::get<wire::Leads>(there_and_back(wire::Leads{3, "web01.lan", 22, true}));
  CHECK((leads.link == 3 && leads.host == "web01.lan" && leads.port == 22 && leads.behind));
  const auto rests = std::get<wire::Rests>(there_and_back(wire::Rests{4, "- /etc/x y"}));
  CHECK((rests.link == 4 && rests.stamp == "- /etc/x y"));
  const auto closed = std::get<wire::Closed>(there_and_back(wire::Closed{7, {Exit::failed, "a"}}));
  CHECK((closed.link == 7 && closed.error.summary == "a" && closed.error.code == Exit::failed));
}

TEST_CASE("bytes that are not UTF-8 are carried as replacement characters") {
  model::Record record;
  record.set(Field::name,
             "a\xff"
             "b");
  CHECK(std::get<model::Record>(there_and_back(record)).get(Field::name) ==
        "a\xef\xbf\xbd"
        "b");
}

TEST_CASE("fields of a later version are ignored") {
  const auto decoded = wire::decode(R"({"t":"record","v":{"3":"web01","4000000000":"new"},"more":1})");
  REQUIRE(decoded);
  CHECK(std::get<model::Record>(*decoded).get(Field::label) == "web01");
}

TEST_CASE("what is no message is refused") {
  for (const auto* line : {"",
                           "noise",
                           "[]",
                           "{}",
                           "1",
                           "null",
                           "{\"t\":1}",
                           R"({"t":"record"})",
                           R"({"t":"record","v":[1]})",
                           R"({"t":"record","v":{"x":"y"}})",
                           R"({"t":"record","v":{"3":7}})",
                           R"({"t":"end"})",
                           R"({"t":"end","status":"0"})",
                           R"({"t":"end","status":99999999999})",
                           R"({"t":"end","status":1.5})",
                           R"({"t":"hello"})",
                           R"({"t":"hello","ctys":1,"host":"h","version":"v","takes_next":"yes"})",
                           R"({"t":"call","verb":"fly"})",
                           R"({"t":"call","verb":"list"})",
                           R"({"t":"error","code":1})",
                           R"({"t":"other"})",
                           "{\"t\":\"end\",\"status\":0}x"}) {
    CAPTURE(line);
    CHECK_FALSE(wire::decode(line));
  }
  CHECK_FALSE(wire::decode(std::string(500'000, '[')));
}

TEST_CASE("whose an answer is has a number, and is said with all that belongs to it") {
  const auto from = std::get<wire::From>(there_and_back(wire::From{3, true, true, true}));
  CHECK((from.target == 3 && from.done && from.lost && from.unfinished));
  const auto begin = std::get<wire::From>(there_and_back(wire::From{0}));
  CHECK_FALSE((begin.done || begin.lost || begin.unfinished));
  for (const auto* line : {R"({"t":"from"})", R"({"t":"from","n":-1})", R"({"t":"from","n":"0"})",
                           R"({"t":"from","n":99999999999})", R"({"t":"from","n":0,"done":1})"})
    CHECK_FALSE(wire::decode(line));
}

TEST_CASE("a call for others names somebody, and no more than there may be") {
  const auto call = [](const std::string& relay) {
    return wire::decode(R"({"t":"call","verb":"list","type":"","endpoint":"","address":[],"options":[],)"
                        R"("by_type":false,"relay":)" +
                        relay + "}");
  };
  const auto names = [](std::size_t count) {
    std::string list = "[";
    for (std::size_t at = 0; at < count; ++at) list += at == 0 ? "\"a\"" : ",\"a\"";
    return list + "]";
  };
  const auto relay = [&](std::size_t targets, std::size_t via, const char* fanout) {
    return R"({"targets":)" + names(targets) + R"(,"via":)" + names(via) + R"(,"copy":true,"fanout":)" +
           fanout + "}";
  };
  CHECK(call(relay(wire::kMaxTargets, wire::kMaxGateways, "1")));
  CHECK_FALSE(call(relay(wire::kMaxTargets + 1, 0, "1")));
  CHECK_FALSE(call(relay(1, wire::kMaxGateways + 1, "1")));
  CHECK_FALSE(call(relay(0, 0, "1")));
  for (const auto* fanout : {"0", "-1", "1.5", "99999999999", "null"}) CHECK_FALSE(call(relay(1, 0, fanout)));
  for (const auto* bad : {"null", "[]", "{}", "1", R"({"targets":[1],"via":[],"copy":true,"fanout":1})",
                          R"({"targets":"a","via":[],"copy":true,"fanout":1})"})
    CHECK_FALSE(call(bad));
}

TEST_CASE("random bytes never crash the decoder") {
  std::mt19937 random(4711);  // NOLINT(cert-msc51-cpp): the same every time
  for (int round = 0; round < 20000; ++round) {
    std::string line = R"({"t":"record","v":{"3":"web01"},"status":0,"code":1})";
    for (int change = 0; change < 3; ++change)
      line[random() % line.size()] = static_cast<char>(random() % 256);
    (void)wire::decode(line);
  }
  SUCCEED();
}

TEST_CASE("lines are cut wherever the stream was") {
  wire::LineReader reader;
  reader.feed("a\nb");
  CHECK(reader.next() == "a");
  CHECK_FALSE(reader.next());
  reader.feed("c\n\n");
  CHECK(reader.next() == "bc");
  CHECK(reader.next() == "");
  CHECK_FALSE(reader.next());
}

TEST_CASE("bytes between lines are taken as they come, and room is used again") {
  wire::LineReader reader;
  reader.feed("{\"n\":4}\na\n");
  CHECK(reader.next() == "{\"n\":4}");
  CHECK(reader.take(4) == "a\n");
  CHECK(reader.take(2).empty());
  reader.feed("bc{}\nd");
  CHECK(reader.take(2) == "bc");
  CHECK(reader.next() == "{}");
  CHECK_FALSE(reader.next());
  reader.feed("\n");
  CHECK(reader.next() == "d");
}

TEST_CASE("no more bytes are announced than one message may carry") {
  CHECK(std::get<wire::Bytes>(wire::decode(R"({"t":"bytes","n":65536})").value()).size == wire::kMaxBytes);
  for (const auto* bad : {R"({"t":"bytes","n":65537})", R"({"t":"bytes","n":-1})", R"({"t":"bytes"})",
                          R"({"t":"bytes","n":"4"})", R"({"t":"bytes","n":4294967297})"})
    CHECK_FALSE(wire::decode(bad));
}

TEST_CASE("a line without end is given up") {
  wire::LineReader reader;
  reader.feed(std::string(wire::kMaxLine + 1, 'x'));
  CHECK_FALSE(reader.next());
  CHECK(reader.overlong());
}
