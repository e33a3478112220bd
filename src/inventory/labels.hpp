// The labels of a view, for completion: by their beginning, at any size of the database.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Beside the index of a file lies a sorted list of its labels, $XDG_CACHE_HOME/ctys/lists/HASH: a line that
// says which state of which file it was made from, then one label a line. It is made anew when it does not
// belong to the file's present content. A damaged list makes wrong proposals and nothing else.
#pragma once

#include "inventory/source.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

// A label, or, where there are too many to show, what several begin with.
struct LabelStart {
  std::string text;
  bool whole = true;
  bool operator==(const LabelStart&) const = default;
};

// The labels that begin with `beginning`, sorted, each once. When they are more than `limit`, their common
// beginnings up to the first character in which they differ. Labels with control characters are left out.
[[nodiscard]] std::vector<LabelStart> labels_starting(std::span<const Source> view,
                                                      std::string_view beginning, std::size_t limit);

// Where the list of a file is kept.
[[nodiscard]] std::filesystem::path label_list_of(const Source& source);

// Makes the list of a file unless it is there and fits. For those who have just written the file, so that the
// first completion need not do it.
void refresh_labels(const Source& source);

}  // namespace ctys::inventory
