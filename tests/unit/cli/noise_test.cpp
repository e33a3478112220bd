// Hostile and random command lines: they may be refused, never more.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "unit/cli/line.hpp"

#include <random>

using namespace ctys;
using namespace ctys::tests;

namespace {

// One message, printable, of bounded length.
void check_refusal(const Error& error) {
  CHECK(error.code == Exit::usage);
  CHECK_FALSE(error.summary.empty());
  CHECK(error.summary.size() + error.why.size() + error.fix.size() < 4000);
}

class Random {
 public:
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  std::string bytes(std::size_t size) {
    std::string out(below(size), ' ');
    for (auto& c : out) c = static_cast<char>(1 + below(255));
    return out;
  }

 private:
  std::mt19937 engine_{42};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same lines in every run
};

std::vector<std::string> fragments() {
  std::vector<std::string> out{"-a",         "list",        "create=",
                               "cancel=",    "enumerate=",  "=",
                               ",",          ":",           "%",
                               "%%",         "(",           ")",
                               "{",          "}",           "[",
                               "]",          "--",          "-",
                               "'",          "\\",          "l:a",
                               "localhost",  "VMSTACK",     "SUBTASK",
                               "1_a_2_L",    "/x",          "52:54:00:12:34:56",
                               "macro:F_ID", "{macro:lif}", " ",
                               "=x",         "99999999999"};
  for (const auto& word : cli::suboptions()) out.emplace_back(cli::long_form(word.words));
  for (const auto& option : cli::long_options()) out.push_back("--" + std::string(option.name));
  for (const auto& option : cli::classic_options()) out.push_back(std::string{'-', option.letter});
  for (const auto& action : cli::actions()) out.emplace_back(action.name);
  return out;
}

}  // namespace

TEST_CASE("every line that cannot be read has a remedy") {
  for (const auto* line : {"ctys stop ''",
                           "ctys list --fanout 0",
                           "ctys macmap --from foo",
                           "ctys list --on 'web[1-'",
                           "ctys list --on @",
                           "ctys list --on a --via a,b,c,d,e,f,g,h,i",
                           "ctys list --user ''",
                           "ctys list --format nosuch",
                           "ctys start test --wait x",
                           "ctys start test --boot x",
                           "ctys cancel test --method x",
                           "ctys enumerate --base ''",

                           "ctys vhost -x x y",
                           "ctys completion x",
                           "ctys stop uuid:",
                           "ctys list -t ''",
                           "ctys list -t ,",
                           "ctys -a stop",
                           "ctys -x",
                           "ctys attribute set test LABEL=a\xff",
                           "ctys attribute set test 'OS=a\nb'"}) {
    INFO(line);
    const auto error = refused(line);
    CHECK(error.code == ctys::Exit::usage);
    CHECK_FALSE(error.fix.empty());
  }
  CHECK(refused("ctys macmap --from foo").fix == "write it like: --from dhcpd");
  CHECK(refused("ctys enumerate --state x").fix == "put CUSTOM in front of words of your own");
  CHECK(refused("ctys list --on 'x web[1- y'").why == "in 'web[1-'");
  CHECK(refused("ctys attribute set test LABEL=a\xff").why == "it holds control characters or is not UTF-8");
}

TEST_CASE("binary noise in every place of a line is refused with one message") {
  const std::string noise = "\x01\x1b[2J\xff\xfe";
  const std::vector<std::vector<std::string>> lines{{noise},
                                                    {"-a", noise},
                                                    {"-a", "create=" + noise},
                                                    {"-a", "create=l:" + noise},
                                                    {"-t", noise, "-a", "list"},
                                                    {"-a", "list", noise},
                                                    {"-" + noise},
                                                    {"--" + noise},
                                                    {"create", noise},
                                                    {"create", "l:" + noise},
                                                    {"create", "a", "--console", noise},
                                                    {"list", "--columns", noise},
                                                    {"list", "--" + noise},
                                                    {"cancel", "a", "--method", noise},
                                                    {"list", "--deadline", noise},
                                                    {"list", "--type", noise},
                                                    {"-a", "list=tab_gen:" + noise},
                                                    {"-a", "list=" + noise},
                                                    {"-a", "list", "localhost(" + noise + ")"},
                                                    {"{MACRO:" + noise + "}"},
                                                    {"-s", noise, "-a", "list"},
                                                    {"completion", noise},
                                                    {"create", "a", "--kernel", noise},
                                                    {"-a", "create=l:a,bootmode:cd%" + noise},
                                                    {"-a", "enumerate=matchvstat:" + noise}};
  for (const auto& line : lines) {
    const auto command = cli::parse("ctys", line);
    INFO(line.front());
    REQUIRE_FALSE(command);
    check_refusal(command.error());
    CHECK(command.error().summary.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("very long words are refused with short messages") {
  const std::string label(10000, 'a');
  for (const std::vector<std::string>& line :
       std::vector<std::vector<std::string>>{{"create", "l:" + label},
                                             {"-a", "create=l:" + label},
                                             {label},
                                             {"-a", label},
                                             {"-a", "list=" + label},
                                             {"list", "--" + label},
                                             {"list", "--type", label},
                                             {"create", "a", "--console", label},
                                             {"-t", label, "-a", "list"}}) {
    const auto command = cli::parse("ctys", line);
    REQUIRE_FALSE(command);
    check_refusal(command.error());
  }
  CHECK_FALSE(cli::parse("ctys", std::vector<std::string>(20000, "list")));
}

TEST_CASE("random lines never do more than fail") {
  Random random;
  const auto words = fragments();
  for (int round = 0; round < 6000; ++round) {
    std::vector<std::string> line;
    for (std::size_t i = 0, count = random.below(6); i < count; ++i) {
      std::string word;
      for (std::size_t k = 0, parts = 1 + random.below(4); k < parts; ++k)
        word += random.below(12) == 0 ? random.bytes(12) : words[random.below(words.size())];
      line.push_back(std::move(word));
    }
    const auto command = cli::parse(random.below(20) == 0 ? "ctys-plugins" : "ctys", line);
    if (!command) check_refusal(command.error());
  }
}
