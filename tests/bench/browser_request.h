// SPDX-License-Identifier: MIT
// The request that parser figures are about: 703 bytes, as a browser sends them.
#pragma once

#include <string_view>

namespace e3::bench {

inline constexpr std::string_view kBrowserRequest =
    "GET /articles/2024/05/epoll-and-its-edges?page=2&sort=newest HTTP/1.1\r\n"
    "Host: www.example.com:8889\r\n"
    "Connection: keep-alive\r\n"
    "Cache-Control: max-age=0\r\n"
    "sec-ch-ua: \"Chromium\";v=\"124\", \"Not-A.Brand\";v=\"99\"\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "sec-ch-ua-platform: \"Linux\"\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/124.0.0.0 Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: none\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; "
    "theme=dark0000000000000000000000000000000\r\n"
    "\r\n";

static_assert(kBrowserRequest.size() == 703);

}  // namespace e3::bench
