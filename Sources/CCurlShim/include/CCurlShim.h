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

CURLcode curl_shim_set_offset(CURL *handle, CURLoption option, curl_off_t value);

// What is sent: the sender fills `bytes` and returns how many, or CURL_READFUNC_ABORT; the seeker
// goes back to an offset (CURL_SEEKFUNC_OK) when libcurl must send again on another connection.
typedef size_t (*curl_shim_sender)(char *bytes, size_t size, size_t count, void *context);
typedef int (*curl_shim_seeker)(void *context, curl_off_t offset, int origin);
CURLcode curl_shim_set_body_sender(CURL *handle, curl_shim_sender sender, curl_shim_seeker seeker,
                                   void *context);

CURLMcode curl_shim_multi_set_long(CURLM *multi, CURLMoption option, long value);

// The next transfer that has ended, and how; NULL when there is none.
CURL *curl_shim_finished(CURLM *multi, CURLcode *result);
