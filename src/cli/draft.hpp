// A Request in the making, and the readers of values that both grammars share.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "cli/vocabulary.hpp"
#include "model/lexer.hpp"
#include "model/request.hpp"
#include "model/schema.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::cli {

// A target with options of its own: the words in its parentheses, the weakest first.
struct OwnOptions {
  model::Target target;
  std::vector<std::string> contexts;
};

struct Draft {
  model::Request request;
  std::vector<OwnOptions> own;     // targets that are not among the request's
  std::vector<std::string> hosts;  // of machine addresses that name one: HOST[KEYS]
  // The first word that belongs to a capability that is not there yet. It is reported when nothing else is
  // wrong.
  std::optional<Error> refused;
  bool star = false;  // each hop with the keys of this host, by word and not by default

  void refuse(std::string_view word, std::string_view sentence);
  // Refuses `word` where `sentence` is one.
  void refuse_if(std::string_view word, std::string_view sentence) {
    if (!sentence.empty()) refuse(word, sentence);
  }
};

// "bad value 'x' of -b" and why.
[[nodiscard]] tl::unexpected<Error> bad_value(std::string_view option, std::string_view value,
                                              std::string why, std::string fix = {});
// The same for a word that is none of `known` ('|'-separated); names the nearest.
[[nodiscard]] tl::unexpected<Error> bad_word(std::string_view option, std::string_view value,
                                             std::string_view known);
using model::in_quotes;

// A whole number up to `limit`.
[[nodiscard]] Result<unsigned> parse_number(std::string_view option, std::string_view value, unsigned limit);
inline constexpr unsigned kMaxSeconds = 7U * 24 * 3600;
[[nodiscard]] Result<std::chrono::seconds> parse_seconds(std::string_view option, std::string_view value);
// 10, 10s, 500ms, 2m, 1h; may be nothing at all.
[[nodiscard]] Result<std::chrono::milliseconds> parse_time(std::string_view option, std::string_view value);

// Adds session types: QEMU,TEST; "all" drops those that were named before.
[[nodiscard]] Result<void> add_types(Draft& draft, std::string_view option, std::string_view list);
[[nodiscard]] Result<void> set_console(Draft& draft, std::string_view option, std::string_view value);
// A file that the hypervisor reads: its path is absolute.
[[nodiscard]] Result<void> check_boot_path(std::string_view option, std::string_view path);
// mode, path, initrd, append: as many as there are.
[[nodiscard]] Result<void> set_boot(Draft& draft, std::string_view option,
                                    const std::vector<std::string>& parts);
[[nodiscard]] Result<void> set_display(Draft& draft, std::string_view option, std::string_view value);
[[nodiscard]] Result<void> set_geometry(Draft& draft, std::string_view option, std::string_view value);
[[nodiscard]] Result<void> add_states(Draft& draft, std::string_view option,
                                      const std::vector<std::string>& words);

// -b: sync or async, seq or par, and the words of `more`. Whether one waits for the end.
[[nodiscard]] Result<void> set_schedule(Draft& draft, std::string_view option, std::string_view value,
                                        std::string_view more);

// -c: OFF, BOTH, ONLY; LOCAL, REMOTE and ON mean both on the one host there is.
[[nodiscard]] Result<void> set_lookup(Draft& draft, std::string_view option, std::string_view value);
// Warns of a user (or group) whose sessions are meant and who is not known on this host.
void tell_unknown_name(std::string_view name, bool is_user);
// -p: directories of the inventory, ':'-separated.
[[nodiscard]] Result<void> set_databases(Draft& draft, std::string_view option, std::string_view value);
inline constexpr std::size_t kMaxTargets = 10'000;  // of one call
// Adds hosts: lab01,root@lab02:2222. The second for those to go through.
[[nodiscard]] Result<void> add_targets(Draft& draft, std::string_view option, std::string_view list);
// Adds this host and the group "all", where there is one: what `list` asks unless it is told whom to ask.
[[nodiscard]] Result<void> add_known_hosts(Draft& draft);
[[nodiscard]] Result<void> set_via(Draft& draft, std::string_view option, std::string_view list);
// The hosts that machine addresses name become that of the request. `names_hosts`: --on was given, and must
// be the same.
[[nodiscard]] Result<void> go_to_hosts(Draft& draft, bool names_hosts);
// What goes together with other hosts, once everything has been read.
[[nodiscard]] Result<void> check_where(Draft& draft);
// SELF: ends this host by POWEROFF or REBOOT, and is not for clients.
[[nodiscard]] Result<void> check_self(const model::CancelOptions& cancel);

// A machine address; a key that belongs to a later capability refuses the draft.
void check_address(Draft& draft, const model::Address& address);

inline constexpr unsigned kMaxWidth = 10'000;  // of a column
// Which columns an action's output has.
[[nodiscard]] model::Layout layout_of(model::Action action);
// The column a word or a number means; the error names the nearest.
[[nodiscard]] Result<const model::ColumnName*> column_of(model::Layout layout, std::string_view option,
                                                         std::string_view word);

}  // namespace ctys::cli
