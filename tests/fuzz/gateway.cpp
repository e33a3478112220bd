// Fuzzes what a gateway says of the hosts behind it: each has one answer, nobody else has.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "plugin/conversation.hpp"

#include <algorithm>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  if (size == 0) return 0;
  const std::vector<std::string> names{"lab01", "lab02", "lab03"};
  plugin::Peer peer{"the host", {}, "gw1"};
  peer.strict_host = true;
  peer.behind = names;
  plugin::Conversation talk(std::move(peer));
  // The first byte says in how large pieces the rest arrives.
  const std::size_t piece = std::size_t{data[0]} + 1;
  auto text = fuzz::text_of(data + 1, size - 1);
  plugin::Numbered all;
  for (; !text.empty() && !talk.ended(); text.remove_prefix(std::min(piece, text.size()))) {
    talk.feed(text.substr(0, piece), {});
    talk.take_complete(0, all);
  }
  if (!talk.ended()) talk.stop({Exit::unreachable, "the connection was lost"});
  talk.take_complete(0, all);
  std::vector<unsigned> answers(names.size());
  for (const auto& [number, outcome] : all) {
    fuzz::must(number < names.size(), "only hosts that were asked about answer");
    ++answers[number];
    for (const auto& record : outcome.records)
      fuzz::must(record.get(Field::host) == names[number], "a record is of its host");
    for (const auto& failure : outcome.failures)
      fuzz::must(failure.host == names[number], "a failure is of its host");
  }
  fuzz::must(std::all_of(answers.begin(), answers.end(), [](unsigned count) { return count == 1; }),
             "every host has one answer");
  fuzz::must(talk.take().records.empty(), "and nothing is left");
  return 0;
}
