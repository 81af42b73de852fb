/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page_notes.h"

#include <string.h>

#include <osi/alloc.h>

/*
 * Parts of notes as the program words them, and the same in Chinese. A * stands for a number, name
 * or reason, one letter at least, and goes over in the same order. First match counts.
 */
static const struct {
    const char *en, *zh;
} NOTES[] = {
    /* densities and CT numbers */
    {"half interval in *: fit *, outline * (half a voxel all round)",
     "半区间（*）：拟合 *，轮廓 *（四周各半个体素）"},
    {"half interval in *: fit *, noise *, placement *", "半区间（*）：拟合 *，噪声 *，定位 *"},
    {"half interval in *: noise *, placement *", "半区间（*）：噪声 *，定位 *"},
    {"* voxels vary as one", "* 个体素同步变化"},
    {"* voxels", "* 个体素"},
    {"mean of *", "*的均值"},
    {"vertebral body without posterior elements, * cm3", "椎体（不含附件），* cm3"},
    {"whole vertebral body with its shell", "包括骨皮质的整个椎体"},
    {"every 10 % of fat by volume in marrow take about * mg/cm3 from it, and one energy does not "
     "tell "
     "how much there is",
     "骨髓中每 10 %（体积）脂肪约使其降低 * mg/cm3，而单能无法得知脂肪含量"},
    {"fat in marrow takes about * mg/cm3 from it", "骨髓脂肪约使其降低 * mg/cm3"},
    {"fat in marrow lowers it: below 0 where marrow is mostly fat",
     "骨髓脂肪使其降低：骨髓以脂肪为主时低于 0"},
    {"one energy cannot tell fat from mineral: it leaves almost every fraction open",
     "单能无法区分脂肪与矿物质：几乎任何分数都有可能"},
    {"one energy cannot tell fat from mineral: the interval is over an assumed range of true "
     "density",
     "单能无法区分脂肪与矿物质：区间基于假定的真实密度范围"},
    {"* kVp: published HU thresholds are for 120 kVp, none is applied",
     "* kVp：已发表的 HU 阈值针对 120 kVp，此处均未采用"},
    {"tube voltage not known: published HU thresholds are for 120 kVp, none is applied",
     "管电压未知：已发表的 HU 阈值针对 120 kVp，此处均未采用"},
    {"* kVp: CT numbers of bone change with the tube voltage", "* kVp：骨的 CT 值随管电压而变"},
    {"* kVp: windows hold for 120 kVp", "* kVp：HU 窗针对 120 kVp"},
    {"* kVp: windows are for 120 kVp", "* kVp：HU 窗针对 120 kVp"},
    {"tube voltage not known: windows are for 120 kVp", "管电压未知：HU 窗针对 120 kVp"},
    {"the header does not say whether contrast was given", "文件头未说明是否使用对比剂"},
    {"not known whether contrast was given, which raises the value",
     "不知是否使用对比剂（会使数值升高）"},
    {"contrast was given: attenuation is raised where it goes", "使用了对比剂：其所到之处衰减升高"},
    {"contrast was given: muscle reads higher by its phase", "使用了对比剂：肌肉读数随期相升高"},
    {"a sharp kernel: noise and edges are raised", "锐利重建核：噪声和边缘增强"},
    {"sharp kernel *: noise and edges are raised", "锐利重建核 *：噪声和边缘增强"},
    {"anchors disagree: *", "定位标志不一致：*"},
    {"two whole and sound vertebrae are needed", "需要两个完整且无异常的椎体"},
    {"no vertebra found in view", "视野内未发现椎体"},
    {"the view cuts its body", "视野截断其椎体"},
    {"fracture suspected, not a diagnosis: * is * % below that of its neighbours, over 20 % "
     "(Genant "
     "1993)",
     "疑似骨折，非诊断：* 比相邻椎体低 * %，超过 20 %（Genant 1993）"},
    /* calibration */
    {"*: * HU for * HU expected, residual * HU", "*：* HU，预期 * HU，残差 * HU"},
    {"*: * HU for * mg/cm3, residual * HU", "*：* HU，对应 * mg/cm3，残差 * HU"},
    {"residual standard deviation * HU", "残差标准差 * HU"},
    {"* mg/cm3 added for what the fit cannot see", "另加 * mg/cm3，涵盖拟合看不到的误差"},
    {"phantom *", "体模 *"},
    {"density scale: *", "密度标度：*"},
    {"no density scale: *", "无密度标度：*"},
    {"this way of calibrating does not give it", "此校准方式不给出该值"},
    /* muscle and fat */
    {"axial, through the middle of the body, between the slices next to it",
     "轴位，经椎体中部，由相邻层面插值"},
    {"slices of * mm mix tissues", "* mm 厚的层面使组织混合"},
    {"thin sheets of fat between muscles are lost in them", "其中肌肉间的薄层脂肪会丢失"},
    {"inner side of the wall taken from its neighbours along * %", "肌壁内侧有 * % 取自相邻部位"},
    {"linear mixing of own subcutaneous fat and lean muscle of * HU (95 % of persons within * HU)",
     "自身皮下脂肪与 * HU 的瘦肌肉线性混合（95 % 的人相差在 * HU 以内）"},
    {"estimate for the whole body from one slice, found in adults with cancer",
     "由单一层面估计全身，公式来自成年癌症患者"},
    {"interval from the published standard error of * kg", "区间来自已发表的标准误 * kg"},
    {"not appendicular lean mass", "不是四肢瘦体重"},
    {"voxels of the muscle envelope as scanned, noise and all",
     "肌肉轮廓内的体素，按扫描原样，含噪声"},
    {"without voxels at its border", "不含边界体素"},
    {"voxels at its border are mixed", "其边界体素为混合体素"},
    {"from the middle of * to the middle of *, * mm", "自 * 中部至 * 中部，* mm"},
    {"arms beside the trunk left out", "躯干旁的手臂不计入"},
    {"the field of view cuts * % of the body outline", "视野截断身体轮廓的 * %"},
    {"the field of view cuts * % of the outline", "视野截断轮廓的 * %"},
    {"the muscle wall is open: fat under the skin runs on to the spine",
     "肌壁不闭合：皮下脂肪延续至脊柱"},
    {"height is not known: give height_m in the clinical table",
     "身高未知：请在临床表中给出 height_m"},
    {"muscle is found from the spine: no vertebra in view", "肌肉由脊柱定位：视野内无椎体"},
    {"muscle is found from the spine: no lumbar vertebra in view, only the pelvis",
     "肌肉由脊柱定位：视野内无腰椎，仅有骨盆"},
    {"muscle is found from the spine: no vertebral body in view",
     "肌肉由脊柱定位：视野内无完整椎体"},
    {"muscle is told apart where torso or limbs allow: see those rows, not the whole scan",
     "肌肉仅在躯干或肢体处区分：见相应各行，而非整个扫描"},
    {"the body is cut by the view: its middle is not known", "椎体被视野截断：其中部未知"},
    {"all fat inside the muscle wall or fascia", "肌壁或筋膜以内的全部脂肪"},
    {"visceral and intermuscular fat are not told apart", "未区分内脏脂肪与肌间脂肪"},
    {"muscle and organs together", "肌肉与器官合计"},
    {"bone marrow with its trabeculae", "骨髓及其骨小梁"},
    {"lung, bowel and other gas inside the skin", "皮肤以内的肺、肠及其他气体"},
    {"all inside the skin, gas too", "皮肤以内的全部，包括气体"},
    {"over * mm of scan, head to foot", "扫描范围 * mm（头足方向）"},
    {"none of it in view", "视野内没有"},
    {"by whole voxels of the window *", "按 HU 窗 * 的整体素计"},
    {"slice at z * mm, *", "层面 z * mm，*"},
    /* hip and thigh */
    {"no head of a femur found: none is in view, or its spongy bone is not told from soft tissue",
     "未发现股骨头：不在视野内，或其松质骨无法与软组织区分"},
    {"the view cuts the neck", "视野截断股骨颈"},
    {"the view cuts the head", "视野截断股骨头"},
    {"no narrowest section past the head", "股骨头远端找不到最窄截面"},
    {"narrowest section of * mm2 is none of a neck under this head",
     "最窄截面 * mm2，不可能是此股骨头下的股骨颈"},
    {"less than * mm of the shaft below the trochanters is in view",
     "转子以下的骨干在视野内不足 * mm"},
    {"metal in the hip", "髋部有金属"},
    {"metal in the femur", "股骨内有金属"},
    {"a short neck: its box reaches into the head", "股骨颈短：测量框伸入股骨头"},
    {"* % of the head's surface is in view", "股骨头表面 * % 在视野内"},
    {"side: the head's place beside the middle of the body", "侧别：据股骨头位于身体中线之侧"},
    {"side: *", "侧别：*"},
    {"the side is not known", "侧别未知"},
    {"slices of * mm: thin shells are smeared, the neck reads low",
     "层厚 * mm：薄骨皮质变模糊，股骨颈读数偏低"},
    {"the edge of the view cuts the limb", "视野边缘截断肢体"},
    {"the limb is joined to the trunk in every slice", "每个层面上肢体均与躯干相连"},
    /* densitometer */
    {"no calibration: densities are on no scale", "无校准：密度不在任何标度上"},
    {"no calibration: masses by tables at * and * keV, which know nothing of beam hardening and "
     "scatter",
     "无校准：按 * 与 * keV 的表计算质量，未考虑射束硬化与散射"},
    {"densities may be off by 15 % and more", "密度误差可达 15 % 以上"},
    {"the density stands on hydroxyapatite by a wedge, not on a maker's scale",
     "密度由楔形体模以羟基磷灰石标定，不属任何厂家标度"},
    {"dxa.json may state whose densities the calibration gives",
     "可在 dxa.json 中说明校准属于哪一厂家标度"},
    {"half interval in *: noise, edges and calibration *, placement *",
     "半区间（*）：噪声、边缘与校准 *，定位 *"},
    {"by a forearm of * mm, as stated", "按所给前臂长度 * mm"},
    {"placed * to * mm from the tip of the ulna: makers place it by the end of the radius",
     "位于距尺骨茎突尖 * 至 * mm 处：厂家按桡骨远端定位"},
    {"the length of the forearm is not known: *", "前臂长度未知：*"},
    {"the picture ends * mm before the region does", "图像在该区域结束前 * mm 处终止"},
    {"the tip of the ulna is not seen: no bone ends before a gap at the wrist",
     "看不到尺骨尖：腕部没有骨在间隙前终止"},
    {"denser than any bone (* g/cm2): metal lies in it or beside it",
     "密度超过任何骨（* g/cm2）：其中或其旁有金属"},
    {"the high-energy image lay * columns and * rows off the low one",
     "高能图像相对低能图像偏移 * 列、* 行"},
    {"over 1 T-score (* g/cm2) from the vertebrae beside it: left out of means",
     "与相邻两椎体相差超过 1 个 T 值（* g/cm2）：不计入均值"},
    {"over 1 T-score (* g/cm2) from the vertebra beside it: left out of means",
     "与相邻椎体相差超过 1 个 T 值（* g/cm2）：不计入均值"},
    {"fewer than two vertebrae are left: another site is needed", "剩余椎体少于两个：需用其他部位"},
    {"an open definition: not the commercial score, and not for its cut-offs",
     "开放实现：并非商业评分，不适用其界值"},
    {"named from the * alone", "仅由*命名"},
    {"no vertebra was found", "未发现椎体"},
    {"without a calibration lean and fat cannot be told apart", "无校准时无法区分瘦组织与脂肪"},
    {"no limb was found", "未发现肢体"},
    {"the picture's edge cuts this arm", "图像边缘截断此臂"},
    {"nothing of it is in the picture", "图像中没有该部位"},
    {"height or weight is not known", "身高或体重未知"},
    {"height is not known", "身高未知"},
    {"the population's numbers come from a secondary source", "参考人群数值来自二手文献"},
    {"the population's numbers are not confirmed", "参考人群数值未经证实"},
    {"CT's density is held against a DXA population unconverted",
     "CT 密度未经换算即与 DXA 参考人群比较"},
    {"the sex is not known, and a *-score needs it", "性别未知，而 * 值需要性别"},
    {"the age is not known, and a Z-score needs it", "年龄未知，而 Z 值需要年龄"},
    {"T or Z: it depends on her menopause, which is not known",
     "T 值或 Z 值：取决于绝经状态，而其未知"},
    {"T or Z: the sex is not known", "T 值或 Z 值：性别未知"},
    {"T or Z: it depends on his age, which is not known", "T 值或 Z 值：取决于年龄，而其未知"},
    {"no standard population for the *-score of * of this sex and age on *",
     "* 值（*）：该性别和年龄在 * 标度上没有标准参考人群"},
    {"population * stands on * and the density on *: convert it by a named equation first",
     "参考人群 * 为 * 标度，而密度为 * 标度：须先以指明的公式换算"},
    {"no finite value came of it", "未得到有限的数值"},
};
#define NOTE_COUNT (sizeof(NOTES) / sizeof(NOTES[0]))

#define STARS_MOST 5

typedef struct piece {
    const char *text;
    size_t size;
} piece;

/* What stands for each star, and how many there are; 0 when the text is another one. */
static int match(piece stars[STARS_MOST], size_t *count_out, const char *pattern, const char *text,
                 size_t size)
{
    const char *end = text + size;
    for (size_t star = 0;;) {
        size_t same = strcspn(pattern, "*");
        if ((size_t) (end - text) < same || memcmp(pattern, text, same) != 0)
            return 0;
        pattern += same;
        text += same;
        *count_out = star;
        if (!*pattern)
            return text == end;
        pattern++;
        size_t next = strcspn(pattern, "*");
        const char *at = end;
        /* the last words have to stand at the end */
        if (next && pattern[next] == '*')
            at = end - text > 1 ? memmem(text + 1, (size_t) (end - text) - 1, pattern, next) : NULL;
        else if (next)
            at = (size_t) (end - text) > next ? end - next : NULL;
        if (!at || at <= text || star == STARS_MOST)
            return 0;
        stars[star++] = (piece){text, (size_t) (at - text)};
        text = at;
    }
}

static osarc_status add(osi_text *out, const char *pattern, const piece *stars, size_t count,
                        osarc_error *err)
{
    osarc_status status = OSARC_OK;
    size_t star = 0;
    while (*pattern && !status) {
        size_t same = strcspn(pattern, "*");
        status = osi_text_add(out, pattern, same, err);
        pattern += same;
        if (*pattern && !status) {
            if (star < count)
                status = osi_text_add(out, stars[star].text, stars[star].size, err);
            star++;
            pattern++;
        }
    }
    return status;
}

osarc_status page_note_add(osi_text *out, const char *text, size_t size, osarc_language language,
                           osarc_error *err)
{
    piece stars[STARS_MOST];
    size_t count = 0;
    for (size_t i = 0; language == OSARC_LANGUAGE_ZH && i < NOTE_COUNT; i++)
        if (match(stars, &count, NOTES[i].en, text, size))
            return add(out, NOTES[i].zh, stars, count, err);
    return osi_text_add(out, text, size, err);
}

void page_note(page *p, const char *note)
{
    osi_text whole = {0};
    int chinese = p->report->language == OSARC_LANGUAGE_ZH;
    for (const char *from = note; from && *from && !p->status;) {
        const char *end = strstr(from, "; ");
        size_t size = end ? (size_t) (end - from) : strlen(from);
        p->status = page_note_add(&whole, from, size, p->report->language, p->err);
        const char *between = chinese ? "；" : "; ";
        if (!p->status && end)
            p->status = osi_text_add(&whole, between, strlen(between), p->err);
        from += size + (end ? 2 : 0);
    }
    page_text(p, whole.data);
    osi_free(whole.data);
}

int page_note_at(size_t index, const char **en_out, const char **zh_out)
{
    if (index >= NOTE_COUNT)
        return 0;
    *en_out = NOTES[index].en;
    *zh_out = NOTES[index].zh;
    return 1;
}
