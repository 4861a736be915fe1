// Which servers a node may call.
#include "server/adapters/participants/allow_list.hpp"

#include <gmock/gmock.h>

namespace sagactl {
namespace {

using testing::HasSubstr;

AllowList list_of(const std::vector<std::string>& entries) {
  auto list = AllowList::parse(entries);
  if (!list) ADD_FAILURE() << list.error().message;
  return std::move(list).value();
}

// As if the host, a name, had this address; for an address both are the same.
bool allows(const AllowList& list, const std::string& host, const std::string& address, std::uint16_t port = 80) {
  const HostListing listing = list.listing_of(host, port);
  return list.allows(boost::asio::ip::make_address(address), port, listing);
}
bool allows(const AllowList& list, const std::string& address) {
  return allows(list, address, address);
}

TEST(AllowList, AllowsThisMachineAloneByDefault) {
  const AllowList list = list_of({});
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) EXPECT_TRUE(allows(list, address));
  EXPECT_TRUE(allows(list, "localhost", "127.0.0.1"));
  for (const char* address : {"10.0.0.1", "192.168.0.1", "8.8.8.8", "0.0.0.0", "::", "169.254.169.254", "fe80::1"})
    EXPECT_FALSE(allows(list, address)) << address;
  EXPECT_FALSE(allows(list, "hotel.example", "10.0.0.1"));
}

TEST(AllowList, AllowsNamesWithTheAddressesThatTheyHave) {
  const AllowList list = list_of({"hotel", "pay.example:8443", "*.shop.example"});
  EXPECT_TRUE(allows(list, "hotel", "10.0.0.7"));
  EXPECT_TRUE(allows(list, "HOTEL.", "127.0.0.1"));
  EXPECT_FALSE(allows(list, "hotel.example", "10.0.0.7"));
  EXPECT_TRUE(allows(list, "pay.example", "10.0.0.8", 8443));
  EXPECT_FALSE(allows(list, "pay.example", "10.0.0.8", 443));
  EXPECT_TRUE(allows(list, "a.shop.example", "10.0.0.9"));
  EXPECT_TRUE(allows(list, "a.b.shop.example", "10.0.0.9"));
  EXPECT_FALSE(allows(list, "shop.example", "10.0.0.9"));
  EXPECT_FALSE(allows(list, "notshop.example", "10.0.0.9"));
  EXPECT_FALSE(allows(list, "10.0.0.7"));
}

TEST(AllowList, AllowsRangesByAddressAndByNameAfterItIsResolved) {
  const AllowList list = list_of({"10.0.0.0/8", "fd00::/8", "192.168.1.1:8080", "[2001:db8::1]:80"});
  EXPECT_TRUE(allows(list, "10.1.2.3"));
  EXPECT_TRUE(allows(list, "::ffff:10.1.2.3"));
  EXPECT_TRUE(allows(list, "any.example", "10.1.2.3"));
  EXPECT_FALSE(allows(list, "any.example", "11.1.2.3"));
  EXPECT_TRUE(allows(list, "fd12::1"));
  EXPECT_TRUE(allows(list, "192.168.1.1", "192.168.1.1", 8080));
  EXPECT_FALSE(allows(list, "192.168.1.1"));
  EXPECT_TRUE(allows(list, "2001:db8::1"));
  EXPECT_FALSE(allows(list, "127.0.0.1")) << "a list replaces the default";
}

TEST(AllowList, AllowsSpecialAddressesOnlyWhenTheyAreListedByThemselves) {
  const char* const special[] = {"169.254.169.254",
                                 "169.254.0.1",
                                 "100.100.100.200",
                                 "0.0.0.0",
                                 "224.0.0.1",
                                 "fe80::1",
                                 "fd00:ec2::254",
                                 "::",
                                 "ff02::1",
                                 "0.1.2.3",
                                 "::ffff:169.254.169.254",
                                 "255.255.255.255",
                                 "64:ff9b::a9fe:a9fe",
                                 "2002:a9fe:a9fe::1",
                                 "::a9fe:a9fe"};
  const AllowList everything = list_of({"0.0.0.0/0", "::/0", "evil.example", "169.0.0.0/8"});
  EXPECT_TRUE(allows(everything, "8.8.8.8"));
  for (const char* address : special) {
    EXPECT_FALSE(allows(everything, address)) << address;
    EXPECT_FALSE(allows(everything, "evil.example", address)) << address;
  }
  const AllowList explicitly = list_of({"169.254.169.254", "fe80::/10", "100.100.100.200/32"});
  EXPECT_TRUE(allows(explicitly, "169.254.169.254"));
  EXPECT_TRUE(allows(explicitly, "metadata.example", "169.254.169.254"));
  EXPECT_TRUE(allows(explicitly, "fe80::1"));
  EXPECT_TRUE(allows(explicitly, "100.100.100.200"));
  EXPECT_FALSE(allows(explicitly, "169.254.169.253"));
}

TEST(AllowList, NamesTheEntryThatIsNone) {
  for (const char* entry : {"", "10.0.0.0/33", "10.0.0.0/x", "hotel/8", "a.*.example", "hotel:99999", "*"}) {
    const auto list = AllowList::parse(std::vector<std::string>{"hotel", entry});
    ASSERT_FALSE(list) << entry;
    EXPECT_THAT(list.error().message, HasSubstr("'" + std::string(entry) + "'")) << entry;
  }
}

}  // namespace
}  // namespace sagactl
