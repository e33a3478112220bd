// Answers of `ssh -G` that are used again, as long as nothing they rest on has changed: ssh takes some
// milliseconds to start, for each host.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// They are kept in one file of the user's cache folder, which may be deleted at any time:
//
//   ctys-ssh-answers 2
//   WHO                        whom they are for, see Answers
//   file PATH                  what ssh read to make them
//   stamp STAMP                what must not have changed, see basis.hpp
//   host HOST USER PORT        a question; what is not given is '-' or 0
//    KEY VALUE                 its answer
//   end
#pragma once

#include "basis.hpp"
#include "config.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::ssh {

// What the file says.
struct Kept {
  std::string who;
  std::vector<std::string> files;
  std::vector<std::string> stamps;
  std::map<std::string, std::string> answers;  // by question
};
inline constexpr std::size_t kMaxKept = 8U << 20;  // bytes of the file

[[nodiscard]] std::string text_of(const Kept& kept);
// nullopt: this is no such file, or not all of it.
[[nodiscard]] std::optional<Kept> parse_kept(std::string_view text);

class Answers {
 public:
  // `file`: where they are kept; empty: nowhere. `who`: on one line, whatever makes this user's answers
  // differ from another's. `now`: seconds since 1970. Nothing is read before the first question.
  Answers(std::string file, std::string who, Sources sources, std::int64_t now);
  // What is known; nullptr: ssh has to be asked. Known is also the answer for a host that no line of the
  // configuration tells from another one.
  [[nodiscard]] const std::string* find(const Place& place);
  // Is another host being asked for whose answer is likely to be this one's, too? Otherwise the caller asks.
  [[nodiscard]] bool awaits(const Place& place);
  // `answer`: all that `ssh -G -v` said.
  void add(const Place& place, std::string_view answer);
  // The stamps of all that the answer for this place was made from; nullptr: of more than files.
  [[nodiscard]] const std::vector<std::string>* basis(const Place& place) const;
  // There will be no answer.
  void give_up(const Place& place);
  // Writes the file where there is anything new. It is no harm when it cannot be written: ssh will be asked.
  void keep();

 private:
  // An answer that others have in common.
  struct Common {
    std::string asked;   // the question that is out; empty: none is
    std::string host;    // whose answer it is
    std::string answer;  // empty: there is none, or it is no other host's
    bool single = false;
  };
  void load();
  void take_basis();
  void find_hosts();
  [[nodiscard]] Common* common(const Place& place);
  void share(const Place& place, const std::string& answer);

  std::string file_;
  std::string who_;
  Sources sources_;
  std::int64_t now_;
  bool loaded_ = false;
  bool usable_ = false;  // answers may be kept
  bool is_new_ = false;
  Kept kept_;
  std::map<std::string, bool> asked_;  // questions of this call
  std::optional<HostLines> hosts_;
  bool has_hosts_ = false;                // they have been looked for
  std::map<std::string, Common> common_;  // by user, port, and the lines that hold
};

// "~/.cache/ctys/ssh-answers" or where XDG_CACHE_HOME says; empty where there is no such place.
[[nodiscard]] std::string answers_file();

}  // namespace ctys::ssh
