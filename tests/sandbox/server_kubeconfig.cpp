#include "base/text.hpp"
#include "base/yaml.hpp"
#include "sandbox/server.hpp"

namespace sandbox {

using base::Json;

std::string kubeconfig(const std::vector<KubeconfigContext>& contexts) {
    Json config = {{"apiVersion", "v1"}, {"kind", "Config"}};
    config["current-context"] = contexts.empty() ? "" : contexts.front().name;
    for (const KubeconfigContext& context : contexts) {
        const std::string ca = base::encode_base64(context.server.ca_pem());
        config["clusters"].push_back(
            {{"name", context.name},
             {"cluster", {{"server", context.server.url()}, {"certificate-authority-data", ca}}}});
        config["users"].push_back({{"name", context.name}, {"user", {{"token", context.token}}}});
        config["contexts"].push_back(
            {{"name", context.name},
             {"context",
              {{"cluster", context.name}, {"user", context.name}, {"namespace", context.ns}}}});
    }
    return base::to_yaml(config);
}

}  // namespace sandbox
