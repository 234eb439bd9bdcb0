#include "lake/s3_settings.h"

#include <map>

#include "lake/aws_profile.h"
#include "lake/lake_fixture.h"

namespace gsa::lake {
namespace {

class S3SettingsTest : public testing::Test {
 protected:
  S3Settings complete(const S3Settings& settings = {}) {
    variables_.try_emplace("HOME", (folder_ / "").string());
    Invocation invocation;
    invocation.environment = Environment(variables_);
    return complete_settings(settings, invocation);
  }
  // The access key, the secret key and the token, as one.
  std::string keys(const S3Settings& settings = {}) {
    const S3Settings found = complete(settings);
    return found.access_key + " " + found.secret_key + " " + found.session_token;
  }
  void write_aws_file(const std::string& name, const std::string& text) {
    make_folder(folder_ / ".aws");
    folder_.file(".aws/" + name, text);
  }

  LakeFolder folder_;
  std::map<std::string, std::string> variables_;
};

TEST_F(S3SettingsTest, AreEmptyWhereNothingIsSet) {
  EXPECT_EQ(keys(), "  ");
  EXPECT_EQ(complete().region, "");
  EXPECT_EQ(complete().endpoint, "");
  EXPECT_EQ(
      error_of([&] { open_store({.bucket = "bucket", .prefix = "a"}, complete()); }).message(),
      "there are no credentials for s3://bucket/a");
}

TEST_F(S3SettingsTest, TakeCredentialsAsAWholeFromTheFirstPlace) {
  write_aws_file("config", "[default]\naws_access_key_id = c\naws_secret_access_key = d\n");
  EXPECT_EQ(keys(), "c d ");
  EXPECT_EQ(complete().credentials_source, "the profile 'default' of AWS's config file");
  write_aws_file("credentials",
                 "[default]\naws_access_key_id=e\naws_secret_access_key=f=\n"
                 "aws_session_token=g\n");
  EXPECT_EQ(keys(), "e f= g");
  variables_["AWS_ACCESS_KEY_ID"] = "h";
  EXPECT_EQ(error_of([&] { complete(); }).message(),
            "the environment has an access key but no "
            "secret key");
  variables_["AWS_SECRET_ACCESS_KEY"] = "i";
  EXPECT_EQ(keys(), "h i ") << "a token belongs to the keys of its own place";
  EXPECT_EQ(keys({.session_token = "t"}), "h i ");
  variables_["AWS_SESSION_TOKEN"] = "j";
  EXPECT_EQ(keys(), "h i j");
  EXPECT_EQ(keys({.access_key = "k", .secret_key = "l"}), "k l ");
  EXPECT_THROW(keys({.secret_key = "l"}), Error);
}

TEST_F(S3SettingsTest, TakeRegionAndEndpointInTheOrderOfAwsTools) {
  write_aws_file("config",
                 "[default]\nregion = r1\nendpoint_url = https://e1\ns3 =\n"
                 "  addressing_style = path\n  endpoint_url = https://e2\n");
  EXPECT_EQ(complete().region, "r1");
  EXPECT_EQ(complete().endpoint, "https://e2");
  EXPECT_EQ(complete().path_style, true);
  variables_["AWS_DEFAULT_REGION"] = "r2";
  variables_["AWS_ENDPOINT_URL"] = "https://e3";
  EXPECT_EQ(complete().region, "r2");
  EXPECT_EQ(complete().endpoint, "https://e3");
  variables_["AWS_REGION"] = "r3";
  variables_["AWS_ENDPOINT_URL_S3"] = "https://e4";
  EXPECT_EQ(complete().region, "r3");
  EXPECT_EQ(complete().endpoint, "https://e4");
  EXPECT_EQ(complete({.endpoint = "https://e5", .region = "r4"}).region, "r4");
  EXPECT_EQ(complete({.endpoint = "https://e5"}).endpoint, "https://e5");
  variables_["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  EXPECT_EQ(complete().endpoint, "");
}

TEST_F(S3SettingsTest, TakeTheProfileThatIsAskedFor) {
  write_aws_file("config",
                 "# a comment\n[default]\nregion = r1\n[ profile  \"work\" ]\nregion=r2 # here\n"
                 "services = local\n[services local]\ns3 = \n  endpoint_url = https://e1\n"
                 "dynamodb =\n  endpoint_url = https://e2\n[profile sso]\nsso_session = x\n");
  write_aws_file("credentials", "[work]\r\naws_access_key_id = a\r\naws_secret_access_key = b\r\n");
  EXPECT_EQ(complete().region, "r1");
  EXPECT_EQ(keys(), "  ");
  variables_["AWS_PROFILE"] = "work";
  EXPECT_EQ(complete().region, "r2");
  EXPECT_EQ(complete().endpoint, "https://e1");
  EXPECT_EQ(keys(), "a b ");
  EXPECT_EQ(complete().credentials_source, "the profile 'work' of AWS's credentials file");
  variables_["AWS_PROFILE"] = "nobody";
  EXPECT_EQ(error_of([&] { complete(); }).message(),
            "AWS_PROFILE is 'nobody', but AWS's files have no such profile");
  variables_["AWS_PROFILE"] = "sso";
  EXPECT_EQ(error_of([&] { complete(); }).message(),
            "the profile 'sso' has no keys but sso_session, which gsa cannot use");
}

TEST_F(S3SettingsTest, ReadOtherFilesIfToldTo) {
  variables_["AWS_CONFIG_FILE"] =
      folder_.file("c", "[profile default]\nregion = r\n[default]\nregion = no\n");
  variables_["AWS_SHARED_CREDENTIALS_FILE"] =
      folder_.file("k", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
  EXPECT_EQ(keys(), "a b ");
  EXPECT_EQ(complete().region, "r") << "the first spelling comes first";
  variables_["AWS_CA_BUNDLE"] = folder_ / "c";
  EXPECT_EQ(complete().ca_bundle, folder_ / "c");
  variables_["AWS_CA_BUNDLE"] = folder_ / "none";
  EXPECT_THROW(complete(), Error);
}

TEST_F(S3SettingsTest, RefuseKeysThatCouldBeHeaders) {
  const Location location{.bucket = "bucket"};
  for (const S3Settings& settings :
       {S3Settings{.access_key = "a b", .secret_key = "c"},
        S3Settings{.access_key = "a", .secret_key = "c\n"},
        S3Settings{.access_key = "a", .secret_key = "c", .session_token = "t\r\nX: y"}}) {
    EXPECT_THROW(open_store(location, settings), Error);
  }
}

}  // namespace
}  // namespace gsa::lake
