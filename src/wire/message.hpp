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
// A console on another host goes the same way: once the first record has said that it is open, either side
// may send {"t":"bytes","n":5} and, behind that line, exactly so many bytes of the console. n 0: no more come
// from there. {"t":"alive"} says nothing but that its sender is there.
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

// One request to one worker: plain data, so that it can cross a host border.
struct Call {
  Verb verb = Verb::probe;
  std::string type;      // whose plugin; upper case. To another host: several with commas, empty for all
  std::string endpoint;  // empty: all endpoints of the plugin
  std::vector<model::Pair> address;
  std::vector<model::Pair> options;
  bool asked_by_type = false;
  std::optional<int> deadline_ms;
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
// This many bytes of a console follow its line; 0: its sender has no more.
struct Bytes {
  std::size_t size = 0;
};
struct Alive {};
using Message = std::variant<Hello, Call, model::Record, Progress, Log, Error, End, Closed, Asking, Reached,
                             Bytes, Alive>;

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
