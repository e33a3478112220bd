// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/remedy.hpp"

#include <catch2/catch.hpp>

using ctys::model::with_place;

TEST_CASE("a command in a remedy says where, behind its action") {
  struct Case {
    const char* fix;
    const char* placed;
  };
  for (const auto& [fix, placed] :
       {Case{"see what there is: ctys list --all", "see what there is: ctys list --on h1 --all"},
        Case{"look at its console (ctys open vm1a), or allow more time (--deadline)",
             "look at its console (ctys open --on h1 vm1a), or allow more time (--deadline)"},
        Case{"ctys kill a, then ctys start a", "ctys kill --on h1 a, then ctys start --on h1 a"},
        Case{"'ctys enumerate' says what is wrong", "'ctys enumerate --on h1' says what is wrong"},
        Case{"stop it first: ctys stop.", "stop it first: ctys stop --on h1."},
        Case{"ctys list", "ctys list --on h1"}, Case{"", ""}})
    CHECK(with_place(fix, " --on h1") == placed);
}

TEST_CASE("what is no command on machines stays as it is") {
  for (const auto* fix : {"ctys works there with --on h2", "wait for the end of that (ctys stop does)",
                          "/tmp/ctys stop a", "./ctys stop a", "myctys stop a", "ctys stopper a",
                          "ctys list/x", "fill it: ctys macmap --from leases", "ctys list --all --on h2",
                          "ctys --on h2 list", "sudo systemctl start libvirtd", "ctys", "ctys "})
    CHECK(with_place(fix, " --on h1") == fix);
}

TEST_CASE("who the host in a command of ssh may be is said once") {
  using ctys::model::with_each_host;
  CHECK(with_each_host("ssh HOST true", "h1, h2") == "ssh HOST true (HOST: h1, h2)");
  CHECK(with_each_host("ssh HOST true (HOST: h1)", "h1, h2") == "ssh HOST true (HOST: h1)");
  CHECK(with_each_host("HOSTS are asked again", "h1, h2") == "HOSTS are asked again");
}

TEST_CASE("who logs in stands before the host where ssh reads it") {
  using ctys::model::with_each_host;
  using ctys::model::with_host;
  using ctys::model::with_user;
  const auto fix = with_user("ssh-copy-id HOST; or: ctys doctor HOST", "root");
  CHECK(fix == "ssh-copy-id root@HOST; or: ctys doctor HOST");
  CHECK(with_user(fix, "root") == fix);
  CHECK(with_user("ssh HOST", "") == "ssh HOST");
  for (const auto* host : {"h1:2222", "root@h1:2222"})
    CHECK(with_host("ssh root@HOST true", host) == "ssh -p 2222 root@h1 true");
  CHECK(with_host("ssh a@b@HOST", "h1") == "ssh a@b@h1");
  CHECK(with_host("ssh root@HOST", "") == "ssh root@HOST");
  CHECK(with_each_host(fix, "h1, h2") == fix + " (HOST: h1, h2)");
  CHECK(with_each_host(fix, "root@h1, root@h2") ==
        "ssh-copy-id HOST; or: ctys doctor HOST (HOST: root@h1, root@h2)");
  CHECK(ctys::model::with_hosts("ctys list --on HOST; ssh root@HOST", "h1,h2") ==
        "ctys list --on h1,h2; ssh root@HOST");
}

TEST_CASE("the host in a command of ctys is written as ctys reads it") {
  CHECK(ctys::model::with_host("ctys doctor HOST; ctys distribute HOST; ssh HOST true", "me@h1:2222") ==
        "ctys doctor me@h1:2222; ctys distribute me@h1:2222; ssh -p 2222 me@h1 true");
}
