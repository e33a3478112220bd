// The worker protocol: JSON lines between ctys and its workers, on a pipe here and on an SSH channel
// elsewhere.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   caller                                worker
//   ------                                ------
//                                         {"ctys":1,"t":"hello","host":"lab01","version":"1.0"}
//   {"t":"call","verb":"list",...}
//                                         {"t":"record","v":{"2":"QEMU","3":"web01"}}        any number,
//                                         {"t":"progress","text":"..."}                      any order
//                                         {"t":"log","level":1,"text":"..."}
//                                         {"t":"error","code":1,"what":"...","why":"...",...}
//                                         {"t":"end","status":0}                             exactly one, the
//                                         last
//
// An end with a status other than 0 stands behind an error that says why.
//
// A call may be for others ("relay"): its worker, on a gateway, asks each of these hosts the call, or has the
// next gateway do so. {"t":"from","n":3} says that the records and errors behind it are of the host with that
// number, {"t":"from","n":3,"done":true} that this was all of it, which is said once of each; "lost" that its
// last error is about an answer that did not come to its end. An error of no host is about the gateway
// itself.
//
// An error with "no_plugin":true is about a plugin that could not be loaded, and so was not asked; one with
// "absent":true about a hypervisor that nobody named and that is not installed.
//
// A console on another host goes the same way: once the first record has said that it is open, either side
// may send {"t":"bytes","n":5} and, behind that line, exactly so many bytes of the console. n 0: no more come
// from there. {"t":"alive"} says nothing but that its sender is there; a worker that waits for a call answers
// it.
//
// One message a line, LF, at most kMaxLine bytes, UTF-8 (other bytes of foreign text are carried as U+FFFD).
// Lines before the hello are noise of login shells and are skipped. Keys a reader does not know are ignored;
// a line that is no message, or is out of order, ends the conversation: the peer is not believed any more.
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/request.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ctys::wire {

inline constexpr int kProtocol = 1;
inline constexpr std::size_t kMaxLine = 1U << 20;
inline constexpr std::size_t kMaxBytes = 1U << 16;  // behind one message

// What a plugin is asked for. The names are those of the members of ctys_plugin.
enum class Verb { probe, list, enumerate, show, create, cancel, attribute, console };
[[nodiscard]] std::string_view name_of(Verb verb);

// The hosts a gateway asks instead of answering itself.
struct Relay {
  std::vector<std::string> targets;  // [USER@]HOST[:PORT], at most kMaxTargets; their place is their number
  std::vector<std::string> via;      // more gateways on the way, the nearest first, at most kMaxGateways
  unsigned fanout = 64;              // connections that are set up at the same time
  bool may_copy = true;              // ctys may be copied there
  bool operator==(const Relay&) const = default;
};
inline constexpr std::size_t kMaxTargets = 10'000;
inline constexpr std::size_t kMaxGateways = 8;

// One request to one worker: plain data, so that it can cross a host border.
struct Call {
  Verb verb = Verb::probe;
  std::string type;      // whose plugin; upper case. To another host: several with commas, empty for all
  std::string endpoint;  // empty: all endpoints of the plugin
  std::vector<model::Pair> address;
  std::vector<model::Pair> options;
  bool asked_by_type = false;
  std::optional<int> deadline_ms;
  std::optional<Relay> relay = {};
  std::optional<int> patience_ms = {};  // how long another call is waited for; unset: a minute
  // Of which deadline_ms is what was left for this call: what a person is told. Unset: deadline_ms itself.
  std::optional<int> whole_ms = {};
  bool operator==(const Call&) const = default;
};

struct Hello {
  int protocol = kProtocol;
  std::string host;
  std::string version;
  bool again = false;  // it takes another call when it has ended one
};
struct Progress {
  std::string text;
};
struct Log {
  int level = 0;
  std::string text;
};
struct End {
  int status = 0;
};
// Between ctys and its own transport process only, never from another host: a link has ended, has come so
// far, a person is being asked.
struct Closed {
  std::size_t link = 0;
  Error error;  // code 0: by itself
};
struct Asking {
  bool begins = false;
};
// A step of a link is behind it: CTYS_REACHED_ of <ctys/abi.h>.
struct Reached {
  std::size_t link = 0;
  int step = 0;
  std::string note;
};
// Where a link leads, by its configuration.
struct Leads {
  std::size_t link = 0;
  std::string host;
  int port = 0;
  bool behind = false;  // through others
};
// What a link is trusted for: a file and its state, as remote/stamp.hpp writes it. A link of which no such
// word is said rests on more than files.
struct Rests {
  std::size_t link = 0;
  std::string stamp;
};
// This many bytes of a console follow its line; 0: its sender has no more.
struct Bytes {
  std::size_t size = 0;
};
struct Alive {};
// Whose what follows is, or that no more of it follows.
struct From {
  std::size_t target = 0;
  bool done = false;
  bool lost = false;        // of its last error: see plugin::Failure::no_answer
  bool unfinished = false;  // see plugin::Failure::unfinished
};
using Message = std::variant<Hello, Call, model::Record, Progress, Log, Error, End, Closed, Asking, Reached,
                             Leads, Rests, Bytes, Alive, From>;

// One line, LF included. Never fails: bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string encode(const Message& message);
// One line without its LF. The error says what is wrong with it, never the line itself.
[[nodiscard]] Result<Message> decode(std::string_view line);

// Cuts a byte stream into lines. Stops for good at a line longer than kMaxLine.
class LineReader {
 public:
  void feed(std::string_view bytes);
  // The next complete line without LF; valid until the next call. nullopt: more bytes are needed, or
  // overlong().
  [[nodiscard]] std::optional<std::string_view> next();
  // What there is of `most` bytes that are no line; valid until the next call.
  [[nodiscard]] std::string_view take(std::size_t most);
  [[nodiscard]] bool overlong() const noexcept { return overlong_; }

 private:
  std::string buffer_;
  std::size_t start_ = 0;
  bool overlong_ = false;
};

}  // namespace ctys::wire
