// Fuzzes the reader of uri_aliases in libvirt.conf, and of the hosts in URIs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "groups/imports.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  const auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n')) + 1;
  const auto aliases = groups::uri_aliases(text);
  fuzz::must(aliases.size() <= groups::kMostMentions, "what is kept has a bound");
  unsigned before = 0;
  for (const auto& alias : aliases) {
    fuzz::must(alias.line >= before && alias.line <= lines && alias.line > 0, "an alias stands in a line");
    before = alias.line;
    fuzz::must(alias.name.find('=') == std::string::npos, "a name ends where its URI begins");
    if (const auto host = groups::host_of_uri(alias.uri))
      if (const auto target = groups::member_of(*host))
        fuzz::must(!target->host.empty() && target->host.front() != '-', "a member is no option");
  }
  (void)groups::host_of_uri(text);
  return 0;
}
