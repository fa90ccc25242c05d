// SPDX-License-Identifier: Apache-2.0
#include "guest/port.h"

#include <gmock/gmock.h>
#include <thread>

#include "guest/test_tree.h"

namespace vmcred::guest {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// A named pipe stands for the device: it, too, can't be opened for writing before somebody reads, and is full
// at some point.
class PortTest : public testing::Test {
 protected:
  PortTest() {
    m_tree.write("ports/vport1p1/name", "org.example.other\n");
    m_tree.write("ports/vport2p1/name", "vmcred.report\n");
    m_tree.write("devices/mark", "");
    EXPECT_EQ(::mkfifo(m_tree.path("devices/vport2p1").c_str(), 0600), 0);
  }

  base::Result<void> write(std::string_view port, const std::string& text, milliseconds timeout) const {
    return write_to_port({.names = m_tree.path("ports"), .devices = m_tree.path("devices")}, port, text,
                         timeout);
  }

  TestTree m_tree;
};

TEST_F(PortTest, WritesEverythingOnceTheHostIsThere) {
  const std::string text(300'000, 'x');
  std::size_t received = 0;
  std::thread host([&] {
    std::this_thread::sleep_for(milliseconds(60));
    const auto fd = base::open_file(m_tree.path("devices/vport2p1"), O_RDONLY);
    std::string buffer(2 * text.size(), '\0');
    received = *base::read_up_to(fd->get(), std::as_writable_bytes(std::span(buffer)), "pipe");
  });
  const auto written = write(k_report_port, text, std::chrono::seconds(20));
  host.join();
  EXPECT_TRUE(written) << written.error().what;
  EXPECT_EQ(received, text.size());
}

TEST_F(PortTest, GivesUpWhenNobodyReads) {
  const auto fd = base::open_file(m_tree.path("devices/vport2p1"), O_RDONLY | O_NONBLOCK);
  const auto written = write(k_report_port, std::string(300'000, 'x'), milliseconds(60));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::host);
  EXPECT_THAT(written.error().what, HasSubstr("does not read from port 'vmcred.report'"));
}

TEST_F(PortTest, GivesUpWhenThereIsNoSuchPort) {
  for (const std::string port : {"absent", "vmcred.repor", "vmcred.report\n\n"}) {
    const auto written = write(port, "x", milliseconds(0));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, base::ErrorKind::host);
    EXPECT_THAT(written.error().what, HasSubstr("no usable virtio-serial port"));
    EXPECT_THAT(written.error().hint, HasSubstr("--console"));
  }
}

// Other commands than `report` use ports, too.
TEST_F(PortTest, WhoOnlyOpensAPortHearsNothingOfReports) {
  const auto port = open_port({.names = m_tree.path("ports"), .devices = m_tree.path("devices")}, "absent",
                              O_RDWR, deadline_in(milliseconds(0)));
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().hint, "the host adds the port when it starts the VM");
}

}  // namespace
}  // namespace vmcred::guest
