/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the documents promise is what the program does. */
#include <ctype.h>
#include <unistd.h>

#include <expect.h>
#include <program.h>

#include <osarc/classify.h>
#include <osarc/mask.h>
#include <osarc/measure.h>
#include <osarc/measure_hip.h>
#include <osarc/measure_spine.h>
#include <osarc/measure_torso.h>
#include <osarc/report.h>

#include "columns.h"
#include "definitions.h"
#include "exit_codes.h"

static char outputs[65536];
static char errors[65536];

static void read_page(char *text, size_t room, const char *name)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", OSARC_DOCS, name);
    FILE *file = fopen(path, "r");
    cr_assert(file != NULL, "%s", path);
    text[fread(text, 1, room - 1, file)] = '\0';
    fclose(file);
}

static void read_pages(void)
{
    read_page(outputs, sizeof(outputs), "outputs.md");
    read_page(errors, sizeof(errors), "errors.md");
}

/* Rows of tables that begin with these cells. */
static int count_rows(const char *page, const char *start)
{
    int count = 0;
    for (const char *at = strstr(page, start); at; at = strstr(at + 1, start))
        count += at == page || at[-1] == '\n';
    return count;
}

static void expect_row(const char *page, const char *start)
{
    cr_expect(count_rows(page, start) == 1, "not there once: %s", start);
}

/* How many rows lie between a heading and the next, first cells in backticks or digits. */
static int count_section_rows(const char *page, const char *heading)
{
    const char *from = strstr(page, heading);
    cr_assert(from != NULL, "%s", heading);
    const char *to = strstr(from + 1, "\n## ");
    int count = 0;
    for (const char *at = from; (at = strstr(at, "\n| ")) && (!to || at < to); at++)
        count += at[3] == '`' || (at[3] >= '0' && at[3] <= '9');
    return count;
}

Test(cli_docs, list_the_exit_codes, .init = read_pages)
{
    size_t count;
    const cli_exit_row *rows = cli_exit_table(&count);
    for (size_t i = 0; i < count; i++) {
        char row[128];
        snprintf(row, sizeof(row), "| %d | %s |", (int) rows[i].code, rows[i].meaning);
        expect_row(outputs, row);
        expect_row(errors, row);
    }
    cr_expect(eq(int, count_section_rows(outputs, "## Exit codes"), (int) count));
    cr_expect(eq(int, count_section_rows(errors, "# Exit codes"), (int) count));
}

Test(cli_docs, list_the_tissue_labels, .init = read_pages)
{
    size_t count;
    const osarc_label *labels = osarc_tissue_labels(&count);
    for (size_t i = 0; i < count; i++) {
        char row[128];
        snprintf(row, sizeof(row), "| %d | `%s` |", labels[i].number, labels[i].name);
        expect_row(outputs, row);
    }
    cr_expect(eq(int, count_section_rows(outputs, "## Mask labels"), (int) count));
}

Test(cli_docs, list_the_clinical_columns_and_their_ranges, .init = read_pages)
{
    size_t count;
    const osi_column *columns = osi_columns(&count);
    for (size_t i = 0; i < count; i++) {
        char row[256];
        char words[128] = "";
        for (const char *at = columns[i].words; at && *at; at++) {
            size_t used = strlen(words);
            snprintf(words + used, sizeof(words) - used, *at == '|' ? ", " : "%c", *at);
        }
        snprintf(row, sizeof(row), "| `%s` | %s |", columns[i].name,
                 words[0] ? words : columns[i].needed);
        expect_row(outputs, row);
    }
    cr_expect(eq(int, count_section_rows(outputs, "## The clinical table"), (int) count));
}

Test(cli_docs, list_the_definitions_and_their_classes, .init = read_pages)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_definitions *set = NULL;
    EXPECT_OK(osarc_definitions_read(&set, NULL, &err));
    size_t count = osarc_definitions_count(set);
    for (size_t i = 0; i < count; i++) {
        const osi_definition *d = osi_definition_at(set, i);
        char row[256];
        snprintf(row, sizeof(row), "| `%s` | ", d->id);
        for (size_t c = 0; c < d->class_count; c++) {
            size_t used = strlen(row);
            snprintf(row + used, sizeof(row) - used, "%s%s", c ? ", " : "", d->classes[c].name);
        }
        expect_row(outputs, row);
    }
    osarc_definitions_free(set);
    cr_expect(eq(int, count_section_rows(outputs, "## classification.csv"), (int) count));
}

/* One vertebra with a scale, its voxels taken from anywhere. */
static void measure_spine(osarc_findings *findings, const osarc_measure_context *context,
                          const osarc_image *image)
{
    osarc_error err = OSARC_ERROR_INIT;
    static const size_t VOXELS[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    const osarc_vertebra vertebra = {.label = 31, .whole = 1};
    const osarc_marrow_fat fat = {.fraction = 0.4, .ci = {0.3, 0.5}, .method = "model-based"};
    const osarc_calibration calibration = {.rung = OSARC_RUNG_PHANTOM, .method = "phantom"};
    const osarc_region region = {VOXELS, 8, NULL};
    const osarc_spine_level level = {
        .vertebra = &vertebra, .trabecular = {region}, .body = region, .marrow_fat = &fat};
    const osarc_spine_input input = {
        .image = image, .levels = &level, .level_count = 1, .calibration = &calibration};
    EXPECT_OK(osarc_measure_spine(findings, context, &input, &err));
    EXPECT_OK(osarc_measure_calibration(findings, context, &calibration, NULL, NULL, &err));
}

/* L3 in a slice of fat, muscle and fat between, so that its rows are measured. */
static void measure_torso(osarc_findings *findings, const osarc_measure_context *context)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {.size = {40, 3, 3},
                       .spacing_mm = {1, 1, 1},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image = NULL;
    osarc_mask *mask = NULL;
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
    static const int16_t HU[] = {-100, -100, 50, -90};
    for (size_t i = 0; i < osarc_grid_count(&grid); i++) {
        osarc_mask_fill(mask)[i] = (uint8_t) (1 + i % 40 / 10);
        osarc_image_fill(image)[i] = HU[i % 40 / 10];
    }
    const osarc_vertebra vertebra = {.label = 29, .whole = 1, .centre_mm = {20, 1, 1}};
    const osarc_vertebra *const vertebrae[] = {&vertebra};
    const osarc_torso_input input = {.image = image,
                                     .tissue = mask,
                                     .vertebrae = vertebrae,
                                     .vertebra_count = 1,
                                     .axis = 2,
                                     .plane_count = 3,
                                     .height_m = 1.7,
                                     .noise_sd_hu = 10};
    EXPECT_OK(osarc_measure_torso(findings, context, &input, &err));
    osarc_image_free(image);
    osarc_mask_free(mask);
}

/* The neck of a femur; the other regions are refused. */
static void measure_hip(osarc_findings *findings, const osarc_measure_context *context)
{
    osarc_error err = OSARC_ERROR_INIT;
    const osarc_hip_value value = {0.8, 0.01, 0.01, 0.01};
    const osarc_hip_values neck = {"", value, value, value, value, value, value, 10};
    const osarc_hip_values none = {.refused = "the view ends too early"};
    const osarc_hip_projection projection = {.values = {neck, none, none, none}};
    const osarc_femur femur = {.side = OSARC_SIDE_LEFT};
    const osarc_calibration calibration = {.rung = OSARC_RUNG_PHANTOM, .method = "phantom"};
    const osarc_hip_level level = {&femur, &projection, NULL};
    const osarc_hip_rows rows = {.levels = &level,
                                 .level_count = 1,
                                 .calibration = &calibration,
                                 .person = {OSARC_SEX_MALE, 70, OSARC_MENOPAUSE_UNKNOWN, NULL}};
    EXPECT_OK(osarc_measure_hips(findings, context, &rows, &err));
}

/* A small body with each tissue, so that no row is refused for want of it. */
static osarc_findings *measure_something(void)
{
    osarc_error err = OSARC_ERROR_INIT;
    osarc_grid grid = {.size = {70, 3, 3},
                       .spacing_mm = {1, 1, 1},
                       .direction = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    osarc_image *image = NULL;
    osarc_mask *mask = NULL;
    osarc_findings *findings = NULL;
    EXPECT_OK(osarc_image_create(&image, &grid, OSARC_UNIT_HU, 1, 0, &err));
    EXPECT_OK(osarc_mask_create(&mask, &grid, &err));
    EXPECT_OK(osarc_findings_create(&findings, &err));
    static const uint8_t LABELS[] = {1, 2, 5, 6, 7, 8, 9};
    for (size_t i = 0; i < osarc_grid_count(&grid); i++)
        osarc_mask_fill(mask)[i] = LABELS[i % 70 / 10];
    osarc_measure_context context = {.case_id = "1"};
    EXPECT_OK(osarc_measure_tissues(findings, &context, image, mask, 10, 0, 1, &err));
    EXPECT_OK(osarc_measure_noise_frequency(findings, &context, 0.25, &err));
    measure_spine(findings, &context, image);
    measure_torso(findings, &context);
    measure_hip(findings, &context);
    osarc_image_free(image);
    osarc_mask_free(mask);
    return findings;
}

Test(cli_docs, list_each_quantity_with_unit_and_method, .init = read_pages)
{
    osarc_findings *findings = measure_something();
    int measured = 0;
    for (size_t i = 0; i < osarc_findings_count(findings); i++) {
        const osarc_finding *f = osarc_findings_at(findings, i);
        char row[256];
        if (f->quality == OSARC_QUALITY_REFUSED) {
            snprintf(row, sizeof(row), "`%s`", f->quantity);
            cr_expect(strstr(outputs, row) != NULL, "%s", row);
            continue;
        }
        snprintf(row, sizeof(row), "| `%s` | %s | %s |", f->quantity, f->unit, f->method);
        expect_row(outputs, row);
        measured++;
    }
    cr_expect(eq(int, count_section_rows(outputs, "## findings.csv"), measured));
    osarc_findings_free(findings);
}

/* A page may name verbs that this build was made without, never leave one out. */
Test(cli_docs, leave_out_no_verb, .init = read_pages)
{
    static program_result help;
    run_program(&help, "help");
    int verbs = 0;
    char *rest = help.text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        char row[64];
        size_t size = 0;
        if (strncmp(line, "  ", 2) != 0 || line[2] == ' ')
            continue;
        while (line[2 + size] && (line[2 + size] != ' ' || islower((unsigned char) line[3 + size])))
            size++;
        snprintf(row, sizeof(row), "| `%.*s` | ", (int) size, line + 2);
        expect_row(outputs, row);
        verbs++;
    }
    cr_expect(ge(int, verbs, 1));
}

Test(cli_docs, fit_the_manual_page, .init = read_pages)
{
    static char man[65536];
    FILE *file = fopen(OSARC_MAN_PAGE, "r");
    cr_assert(file != NULL);
    man[fread(man, 1, sizeof(man) - 1, file)] = '\0';
    fclose(file);
    size_t count;
    const cli_exit_row *rows = cli_exit_table(&count);
    for (size_t i = 0; i < count; i++)
        cr_expect(strstr(man, rows[i].meaning) != NULL, "%s", rows[i].meaning);
}

/* The line in a fenced block that is marked with the file's name. */
static void expect_header(const char *name, const char *path)
{
    char mark[64];
    char line[512];
    snprintf(mark, sizeof(mark), "```%s\n", name);
    const char *block = strstr(outputs, mark);
    FILE *file = fopen(path, "r");
    cr_assert(block != NULL && file != NULL, "%s", path);
    cr_assert(fgets(line, sizeof(line), file) != NULL);
    fclose(file);
    unlink(path);
    block += strlen(mark);
    size_t size = strcspn(line, "\r\n");
    cr_expect(eq(sz, size, strcspn(block, "\n")));
    cr_expect(strncmp(block, line, size) == 0, "%s", line);
}

Test(cli_docs, show_the_columns_of_findings, .init = read_pages)
{
    osarc_error err = OSARC_ERROR_INIT;
    char path[] = "/tmp/osarc_docs_XXXXXX";
    osarc_findings *findings = measure_something();
    close(mkstemp(path));
    EXPECT_OK(osarc_report_findings_csv(findings, path, &err));
    osarc_findings_free(findings);
    expect_header("findings.csv", path);
}

Test(cli_docs, show_the_columns_of_classification, .init = read_pages)
{
    static program_result r;
    char folder[] = "/tmp/osarc_docs_XXXXXX";
    char line[256];
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(line, sizeof(line), "classify -o %s/out.csv %s/in.csv; rm %s/in.csv", folder, folder,
             folder);
    char path[64];
    snprintf(path, sizeof(path), "%s/in.csv", folder);
    FILE *file = fopen(path, "w");
    fputs("patient_id,sex\nA,F\n", file);
    fclose(file);
    run_program(&r, line);
    snprintf(path, sizeof(path), "%s/out.csv", folder);
    expect_header("classification.csv", path);
    rmdir(folder);
}
