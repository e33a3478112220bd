// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/byte_stream.hpp"

#include "plugin/conversation.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

using namespace ctys;
using plugin::ByteStream;
using std::chrono::milliseconds;

namespace {

// A stream, the other end of its socket, and what it sent to the link.
struct Pair {
  explicit Pair(plugin::Pulse pulse = {}) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    user.reset(ends[0]);
    stream = std::make_unique<ByteStream>(Fd(ends[1]), pulse);
  }
  void turn(bool may_send = true) {
    std::vector<pollfd> waiting;
    stream->watch(waiting, may_send);
    REQUIRE(::poll(waiting.data(), waiting.size(), 0) >= 0);
    stream->handle(waiting, may_send, link);
  }
  void arrive(std::string_view bytes) const {
    stream->announce({bytes.size()});
    stream->take(bytes);
  }
  [[nodiscard]] std::string read() const {
    std::string text(1U << 20, '\0');
    const ssize_t n = ::recv(user.get(), text.data(), text.size(), MSG_DONTWAIT);
    text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return text;
  }
  Fd user;
  std::unique_ptr<ByteStream> stream;
  std::string link;
};

}  // namespace

TEST_CASE("bytes of a console go both ways, and so do their ends") {
  Pair pair;
  REQUIRE(::write(pair.user.get(), "ab\n", 3) == 3);
  pair.turn(false);
  CHECK(pair.link.empty());
  pair.turn();
  CHECK(pair.link == "{\"n\":3,\"t\":\"bytes\"}\nab\n");
  pair.arrive("echo");
  CHECK(pair.read() == "echo");
  pair.stream->announce({0});
  CHECK(pair.stream->drained());
  char byte = 0;
  CHECK(::recv(pair.user.get(), &byte, 1, MSG_DONTWAIT) == 0);
  pair.link.clear();
  pair.user.reset();
  pair.turn();
  CHECK(pair.stream->ended());
  CHECK(pair.link == "{\"n\":0,\"t\":\"bytes\"}\n");
}

TEST_CASE("who does not take the bytes is given no more of them, and gets all in the end") {
  Pair pair;
  std::size_t sent = 0;
  for (; pair.stream->has_room(); sent += 10'000) pair.arrive(std::string(10'000, 'x'));
  CHECK(pair.stream->pending());
  std::size_t got = 0;
  for (std::string part = pair.read(); !part.empty(); part = pair.read()) {
    got += part.size();
    pair.turn();
  }
  CHECK(got == sent);
  CHECK(pair.stream->has_room());
}

TEST_CASE("bytes for somebody who has gone are dropped") {
  Pair pair;
  pair.user.reset();
  for (int i = 0; i < 100; ++i) pair.arrive(std::string(10'000, 'x'));
  CHECK(pair.stream->has_room());
  CHECK_FALSE(pair.stream->pending());
}

TEST_CASE("each side says that it is there, and one that is not heard is silent") {
  Pair quick(plugin::Pulse{milliseconds(0), milliseconds(0)});
  quick.turn(false);
  CHECK(quick.link.empty());
  quick.turn();
  CHECK(quick.link == "{\"t\":\"alive\"}\n");
  CHECK(quick.stream->is_silent());
  const Pair patient;
  CHECK_FALSE(patient.stream->is_silent());
  CHECK(patient.stream->time_left() > 0);
  // Who lets the other side wait cannot say that nothing came.
  while (quick.stream->has_room()) quick.arrive(std::string(10'000, 'x'));
  CHECK_FALSE(quick.stream->is_silent());
}

TEST_CASE("bytes of a console stand between the lines of its conversation, however they arrive") {
  const std::string all =
      "noise\n{\"ctys\":1,\"t\":\"hello\",\"host\":\"x\",\"version\":\"1\"}\n"
      "{\"t\":\"record\",\"v\":{\"2\":\"QEMU\"}}\n{\"t\":\"bytes\",\"n\":5}\n{}\n\na{\"t\":\"alive\"}\n"
      "{\"t\":\"bytes\",\"n\":1}\nb{\"t\":\"end\",\"status\":0}\n";
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    Pair pair;
    plugin::Conversation talk({"the host", {}, "lab01"});
    talk.carry(pair.stream.get());
    for (std::size_t at = 0; at < all.size(); at += piece) talk.feed(all.substr(at, piece), {});
    CHECK(talk.ended());
    CHECK(pair.read() == "{}\n\nab");
    const auto outcome = talk.take();
    CHECK(outcome.records.size() == 1);
    CHECK(outcome.failures.empty());
  }
}

TEST_CASE("bytes of a console that nobody opened are garbage") {
  const std::string hello = "{\"ctys\":1,\"t\":\"hello\",\"host\":\"x\",\"version\":\"1\"}\n";
  const std::string record = "{\"t\":\"record\",\"v\":{\"2\":\"QEMU\"}}\n";
  const std::string bytes = "{\"t\":\"bytes\",\"n\":1}\nb";
  const Pair pair;
  plugin::Conversation early({"the host", {}, "lab01"});
  early.carry(pair.stream.get());
  early.feed(hello + bytes, {});
  CHECK(early.take().failures.size() == 1);
  plugin::Conversation unasked({"the host", {}, "lab01"});
  unasked.feed(hello + record + bytes, {});
  CHECK(unasked.take().failures.size() == 1);
}
