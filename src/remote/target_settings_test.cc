#include "remote/target_settings.h"

#include <utility>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::remote {
namespace {

using dbt::Dict;
using dbt::Value;

class TargetSettings : public testing::Test {
 protected:
  TargetSettings() {
    target_.name = "prod";
    set("host", Value("trino.example"));
    set("port", Value(443));
    set("user", Value("ann"));
    set("database", Value("iceberg"));
    set("schema", Value("gsa"));
  }
  void set(const char* key, Value value) { target_.output.set(Value(key), std::move(value)); }
  std::string error() const {
    try {
      connection_settings(target_);
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  }

  dbt::Target target_;
};

TEST_F(TargetSettings, AreThoseOfDbtsProfile) {
  set("method", Value("ldap"));
  set("password", Value("secret"));
  set("cert", Value("/etc/ssl/certs/ca-certificates.crt"));
  set("timezone", Value("Europe/Berlin"));
  Dict properties;
  properties.set(Value("retry_policy"), Value("TASK"));
  set("session_properties", Value(properties));
  const trino::ConnectionSettings settings = connection_settings(target_);
  EXPECT_EQ(settings.host, "trino.example");
  EXPECT_EQ(settings.port, 443);
  EXPECT_TRUE(settings.https);  // the default of every method with a secret
  EXPECT_EQ(settings.user, "ann");
  EXPECT_EQ(settings.password, "secret");
  EXPECT_EQ(settings.catalog, "iceberg");
  EXPECT_EQ(settings.schema, "gsa");
  EXPECT_EQ(settings.ca_file, "/etc/ssl/certs/ca-certificates.crt");
  EXPECT_EQ(settings.timezone, "Europe/Berlin");
  EXPECT_EQ(settings.session_properties.at("retry_policy"), "TASK");
}

TEST_F(TargetSettings, WithoutAMethodNothingIsSecret) {
  const trino::ConnectionSettings settings = connection_settings(target_);
  EXPECT_FALSE(settings.https);
  EXPECT_EQ(settings.password, "");
}

TEST_F(TargetSettings, MistakesNameTargetAndKey) {
  set("method", Value("kerberos"));
  EXPECT_EQ(error(),
            "the target 'prod' of profiles.yml: the method 'kerberos' is not supported; none, ldap "
            "and jwt are");
  set("method", Value("jwt"));
  EXPECT_EQ(error(), "the target 'prod' of profiles.yml: it has no jwt_token");
  set("port", Value("many"));
  EXPECT_EQ(error(), "the target 'prod' of profiles.yml: port is a number");
}

}  // namespace
}  // namespace gsa::remote
