// The texts that explain ctys: one for each action, and topics. Made from the vocabulary; manual pages show
// the same texts.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "cli/help_document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::cli {

// What `ctys help TOPIC` prints, wrapped to `width` columns (0: no terminal, 80 columns). The empty topic is
// the overview. An unknown topic is an Error{usage} that names the nearest one.
[[nodiscard]] Result<std::string> help(std::string_view topic, unsigned width);

struct Topic {
  std::string_view name;
  std::string_view summary;  // one line, no full stop
};

// Everything `ctys help` knows beside aliases: actions first, then the topics.
[[nodiscard]] std::vector<Topic> topics();

// The text of a topic, an action or an alias (of its action); ASCII case ignored. nullopt: there is none.
[[nodiscard]] std::optional<Document> document_of(std::string_view topic);

// The statuses ctys ends with, as in docs/errors.md.
struct ExitText {
  Exit code{};
  std::string_view text;
};
[[nodiscard]] std::span<const ExitText> exit_texts();

}  // namespace ctys::cli
