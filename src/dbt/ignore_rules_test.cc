#include "dbt/ignore_rules.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

TEST(IgnoreRules, MatchAsGitignoreDoes) {
  const IgnoreRules rules(
      "# a comment\n*_old.sql\nskip/\n/models/top.sql\nmodels/x/*.sql\n!models/x/keep.sql\n"
      "**/deep/**/z.sql\nmodels/all/**\nmodels/[ab]?.sql\r\n\n!models/skip/in.sql\nname\\ b.sql\n");
  for (const char* path :
       {"models/b_old.sql", "a_old.sql", "models/skip/c.sql", "skip/a/b.sql", "models/top.sql",
        "models/x/a.sql", "deep/z.sql", "a/deep/b/c/z.sql", "models/all/a/b.sql", "models/a1.sql",
        "models/skip/in.sql", "models/name b.sql"}) {
    EXPECT_TRUE(rules.ignores_file(path)) << path;
  }
  for (const char* path :
       {"models/b_old.sqlx", "models/skip", "x/models/top.sql", "models/x/keep.sql",
        "models/x/y/a.sql", "deep/z", "models/c1.sql", "models/a12.sql", "models/# a comment"}) {
    EXPECT_FALSE(rules.ignores_file(path)) << path;
  }
  EXPECT_FALSE(IgnoreRules().ignores_file("a"));
}

TEST(IgnoreRules, MatchPathsOfFoldersAndFiles) {
  const std::string path = "models/staging/web/stg_a.sql";
  for (const char* pattern : {"models", "models/", "./models/staging", "models/*", "models/*/web",
                              "models/**", "models/**/stg_*.sql", "**/web", path.c_str()}) {
    EXPECT_TRUE(matches_path(path, pattern)) << pattern;
  }
  for (const char* pattern : {"model", "models/*.sql", "models/*/stg_a.sql", "staging", "web/**"}) {
    EXPECT_FALSE(matches_path(path, pattern)) << pattern;
  }
}

TEST(IgnoreRules, KeepFilesOutOfAProject) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "ignore_rules_test";
  std::filesystem::remove_all(folder);
  make_folder(folder / "models" / "skip");
  write_file(folder / "dbt_project.yml", "name: shop\n");
  write_file(folder / ".dbtignore", "*_old.sql\nskip/\n*.yml\n");
  write_file(folder / "models" / "a.sql", "select 1 as id");
  write_file(folder / "models" / "b_old.sql", "{% broken");
  write_file(folder / "models" / "skip" / "c.sql", "{% broken");
  write_file(folder / "models" / "s.yml", "{broken");
  const Project project = Project::load(ProjectFiles::from_folder(folder));
  ASSERT_EQ(project.nodes().size(), 1u);
  EXPECT_EQ(project.nodes()[0].name, "a");
  std::filesystem::remove_all(folder);
}

TEST(ProjectFiles, OfFoldersNamedAsThoseOfDbtAreReadBelowTheTop) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "project_files_test";
  std::filesystem::remove_all(folder);
  for (const char* inner : {"models/logs", "models/.hidden", "target", "elsewhere"}) {
    make_folder(folder / inner);
    write_file(folder / inner / (replace_all(inner, "/", "_") + ".sql"), "select 1 as id");
  }
  write_file(folder / "dbt_project.yml", "name: shop\n");
  std::filesystem::create_directory_symlink(folder / "elsewhere", folder / "models" / "link");
  std::filesystem::create_directory_symlink(folder / "models", folder / "models" / "logs" / "back");
  std::vector<std::string> names;
  const ProjectFiles files = ProjectFiles::from_folder(folder);
  for (const std::string& path : files.below({"models"}, {".sql"})) {
    if (path.find("/back/") == std::string::npos) names.push_back(path);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"models/.hidden/models_.hidden.sql",
                                      "models/link/elsewhere.sql", "models/logs/models_logs.sql"}));
  EXPECT_EQ(files.find("target/target.sql"), nullptr);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gsa::dbt
