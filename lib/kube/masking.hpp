// What of a request must not stand in a log: decides by the name of a field or header, by the kind
// of object, and by the look of a text. When in doubt it masks: a log is passed on, and one field
// too few costs less than one secret. It cannot know a secret that has neither a telling name nor a
// known look (a password in a container's args).
#pragma once

#include <string>
#include <string_view>

#include "base/object.hpp"

namespace kube {

/// Whether a field, header or parameter of this name holds a secret. Names of Secrets
/// ("secretName", "credsSecretRef") do not.
bool is_secret_name(std::string_view name);

/// The text with what looks like a key or a token replaced, wherever it stands in it.
std::string masked_text(std::string_view text);

/// A header's value; of credentials only the scheme is left ("Bearer <masked>"), as kubectl does.
std::string masked_header(std::string_view name, std::string_view value);

/// A URL without user, password and secret parameters. A list's "continue" is no secret.
std::string masked_url(std::string_view url);

/// An object, list, watch event, review or patch with its secrets replaced.
base::Json masked_json(const base::Json& json);

}  // namespace kube
