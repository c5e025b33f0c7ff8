// libcurl sets options and reads results through variadic functions, which Swift cannot call.
// One function for each type of value stands in for them.
#pragma once

#include <curl/curl.h>

CURLcode curl_shim_set_long(CURL *handle, CURLoption option, long value);
CURLcode curl_shim_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode curl_shim_set_list(CURL *handle, CURLoption option, struct curl_slist *value);

// Both callbacks get `context` as their last argument.
typedef size_t (*curl_shim_receiver)(char *bytes, size_t size, size_t count, void *context);
CURLcode curl_shim_set_body_receiver(CURL *handle, curl_shim_receiver receiver, void *context);
CURLcode curl_shim_set_header_receiver(CURL *handle, curl_shim_receiver receiver, void *context);

// The buffer must have CURL_ERROR_SIZE bytes and outlive the transfer.
CURLcode curl_shim_set_error_buffer(CURL *handle, char *buffer);

CURLcode curl_shim_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode curl_shim_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
CURLcode curl_shim_get_string(CURL *handle, CURLINFO info, const char **value);
