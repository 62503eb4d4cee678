// SPDX-License-Identifier: MIT
// The bug classes of event loops: batches, edges, time, and connections that get into each other's
// way. Evidence: owner/repository#number of public issues.
#include "harness/checks/catalogue.h"

namespace e3 {
namespace {

constexpr Cause kCauses[] = {
    {.slug = "maxevents-truncation",
     .what = "a report that fills the array of events is handled wrongly",
     .evidence = "ofiwg/libfabric#3221, troglobit/libuev#27",
     .fix = "handle every event that was returned, then ask again; what did not fit comes next"},
    {.slug = "batch-abandoned",
     .what = "events behind another one in the same report are forgotten",
     .evidence = "yedf2/handy#74, pjsip/pjproject#3018",
     .fix = "go through the whole report, whatever one of its events leads to"},
    {.slug = "stale-event-fd-reuse",
     .what = "an event of a closed connection is taken for one of its successor",
     .evidence = "creytiv/re#266, wasmerio/wasmer#6608, python/cpython#130141",
     .fix = "keep a generation with each descriptor, or close only after the batch"},
    {.slug = "et-read-not-drained",
     .what = "edge-triggered reading stops before everything is read",
     .evidence = "tokio-rs/mio#45, rsyslog/rsyslog#5502, opentechinstitute/commotiond#18",
     .fix = "read until EAGAIN, or remember that there is more and come back to it"},
    {.slug = "et-short-read-misses-eof",
     .what = "a short read is taken for all there is, and the end behind it is never seen",
     .evidence = "netty/netty#6199",
     .fix = "read on until EAGAIN or 0 when EPOLLRDHUP or EPOLLHUP is reported"},
    {.slug = "in-xor-out",
     .what = "of a connection that is readable and writable only one is handled",
     .evidence = "yedf2/handy#74",
     .fix = "look at each bit of the event; do not chain them with else"},
    {.slug = "eintr-wait",
     .what = "an interrupted epoll_wait() ends the loop",
     .evidence = "pistacheio/pistache#565, swhitty/FlyingFox#223, fivdi/epoll#3",
     .fix = "wait again when errno is EINTR"},
    {.slug = "fd-table-overrun",
     .what = "a table of connections has no room for higher descriptors",
     .evidence = "oatpp/oatpp#926, CopernicaMarketingSoftware/AMQP-CPP#378, nim-lang/Nim#19973",
     .fix = "let the table grow, or close connections whose descriptor is beyond it"},
    {.slug = "cross-talk",
     .what = "what one peer sends ends up in the exchange of another",
     .evidence = "wasmerio/wasmer#6608, Corvusoft/restbed#376",
     .fix = "keep buffers and parser state per connection"},
    {.slug = "blocking-conn",
     .what = "a call that sleeps for one connection keeps all others waiting",
     .evidence = "cockpit-project/cockpit#12461",
     .fix =
         "set O_NONBLOCK on accepted sockets (SOCK_NONBLOCK of accept4), and go back to the loop"},
    {.slug = "header-timeout-missing",
     .what = "an unfinished request holds its connection for ever",
     .evidence = "nodejs/node#33440, ninenines/cowboy#212, akka/akka-http#813",
     .fix = "give each request a deadline from its first byte, enforced by a timer"},
    {.slug = "timeout-round-down-spin",
     .what = "the time left is rounded down to 0, and the loop runs hot until the timer is due",
     .evidence = "tokio-rs/mio#1615, ceph/ceph#60265, smol-rs/smol#109",
     .fix = "round the time to wait up"},
    {.slug = "slow-peer-cut-off",
     .what = "a peer that sends slowly is not waited for",
     .evidence = "nurl-lang/nurl#408, fclairamb/ftpserverlib#577",
     .fix = "allow a request seconds to arrive"},
    {.slug = "stalled-writer-no-timeout",
     .what = "a peer that never reads holds its connection and its answer for ever",
     .evidence = "varnishcache/testrepo2#31, aspnet/KestrelHttpServer#1771",
     .fix = "close when no byte could be sent for a while"},
    {.slug = "idle-timer-not-reset",
     .what = "a peer that reads slowly but steadily is cut off",
     .evidence = "ponylang/lori#300, akka/akka-http#1340, EarthScope/ringserver#81",
     .fix = "begin the time-out anew whenever the peer has taken something"},
    {.slug = "idle-wakeups",
     .what = "the loop wakes up all the time with nothing to do",
     .evidence = "rakshasa/libtorrent#757, ceph/ceph#60265",
     .fix = "wait until the next timer is due, or for ever where there is none"},
};

}  // namespace

std::span<const Cause> loop_causes() { return kCauses; }

}  // namespace e3
