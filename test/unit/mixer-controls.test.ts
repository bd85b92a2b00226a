import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dBOf, findControl, mixerControls } from '../../lib/plan/schema/mixer-controls.ts'
import type { Control } from '../../lib/plan/schema/mixer-controls.ts'
import { controlsIn } from '../../scripts/generate/controls/controls.ts'
import { tableWith } from '../../scripts/generate/controls/table.ts'
import { copyOfRepository, repository, temporaryFolder, write } from './fixtures.ts'

const named = (controls: readonly Control[]): string[] => controls.map(({ name }) => name)
const listed = (text: string): Control[] =>
  controlsIn(`static const struct snd_kcontrol_new codec_controls[] = {\n${text}\n};\n`)

describe('a control that a driver makes', () => {
  test.each([
    ['SOC_SINGLE("ADC HPF Switch", REG, 1, 1, 0)', { channels: 1, kind: 'switch' }],
    ['SOC_DOUBLE_R("Line Capture Switch", L, R, 7, 1, 1)', { channels: 2, kind: 'switch' }],
    ['SOC_SINGLE_BOOL_EXT("Deemphasis Switch", 0, get, put)', { channels: 1, kind: 'switch' }],
    // ALSA takes a range of two steps for a switch, unless its name ends so
    ['SOC_SINGLE("Boost Volume", REG, 0, 1, 0)', { channels: 1, kind: 'level', max: 1 }],
    ['SOC_SINGLE("Capture Volume ZC Switch", REG, 6, 1, 0)', { channels: 1, kind: 'switch' }],
    ['SOC_SINGLE("ALC Target", REG, 0, 15, 1)', { channels: 1, kind: 'level', max: 15 }],
    ['SOC_DOUBLE("Capture Volume", REG, 0, 4, 0xf, 0)', { channels: 2, kind: 'level', max: 15 }],
    // shown from 0 on
    ['SOC_SINGLE_RANGE("Gain", REG, 0, 0x20, 0x50, 0)', { channels: 1, kind: 'level', max: 0x30 }],
    ['SOC_SINGLE_NEW("Of another day", REG)', { channels: 1, kind: 'other' }],
    ['SOC_SINGLE("Unknown end", REG, 0, SOMEWHERE_ELSE, 0)', { channels: 1, kind: 'other' }],
  ])('by %s', (text, control) => {
    expect(listed(text)).toEqual([{ name: /"(.*?)"/.exec(text)![1], ...control }])
  })

  test('has the range that macros and shifts make, of the file and of its headers', () => {
    const text = `#define STEPS ((1 << WIDTH) - 1)
      static const struct snd_kcontrol_new controls[] = { SOC_SINGLE("A", REG, 0, STEPS, 0),
        SOC_SINGLE("B", REG, 0, (MASK >> 2) & ~1, 0) };`
    expect(controlsIn(text, ['#define WIDTH 0x5\n#define MASK 0x3F /* six bits */'])).toMatchObject(
      [
        { name: 'A', max: 31 },
        { name: 'B', max: 14 },
      ],
    )
  })

  test('has its dB, whole or in parts', () => {
    const text = `
      static const DECLARE_TLV_DB_SCALE(out_tlv, -12100, 100, 1);
      static const DECLARE_TLV_DB_MINMAX(amp_tlv, 0, 9600);
      static const DECLARE_TLV_DB_RANGE(mic_tlv,
        0, 0, TLV_DB_SCALE_ITEM(TLV_DB_GAIN_MUTE, 0, 1),
        1, 1, TLV_DB_SCALE_ITEM(0, 0, 0),
        2, 4, TLV_DB_SCALE_ITEM(2000, 1000, 0));
      static const struct snd_kcontrol_new controls[] = {
        SOC_DOUBLE_R_TLV("Out Volume", L, R, 0, 127, 0, out_tlv),
        SOC_SINGLE_EXT_TLV("Threshold Volume", REG, 0, 96, 0, get, put, amp_tlv),
        SOC_SINGLE_TLV("Mic Volume", REG, 0, 4, 0, mic_tlv),
      };`
    const controls = controlsIn(text)
    expect(controls).toMatchObject([
      { max: 127, mute: true, slopes: [{ from: 0, dB: -121, step: 1 }] },
      { max: 96, slopes: [{ from: 0, dB: 0, step: 1 }] },
      {
        mute: true,
        slopes: [
          { from: 1, dB: 0, step: 0 },
          { from: 2, dB: 20, step: 10 },
        ],
      },
    ])
    const ends = controls.map((one) => (one.kind === 'level' ? dBOf(one) : undefined))
    expect(ends).toEqual([
      { from: -121, to: 6 },
      { from: 0, to: 96 },
      { from: 0, to: 40 },
    ])
  })

  test('has the words that it can be set to, with commas and brackets in them', () => {
    const text = `
      static const char * const inputs[] = { "No Select", "{VIN1P, VIN1M}[DIFF]", /* "not this" */ "two "
        "pieces" };
      static SOC_ENUM_SINGLE_DECL(declared, REG, 7, inputs);
      static const struct soc_enum listed[] = { SOC_ENUM_SINGLE(REG, 5, 3, inputs), SOC_ENUM_DOUBLE(REG, 1, 2, 3, inputs) };
      static const struct snd_kcontrol_new controls[] = { SOC_ENUM("A", declared), SOC_ENUM("B", listed[1]),
        SOC_ENUM_EXT("C", elsewhere, get, put) };`
    const items = ['No Select', '{VIN1P, VIN1M}[DIFF]', 'two pieces']
    expect(controlsIn(text)).toEqual([
      { name: 'A', kind: 'choice', channels: 1, items },
      { name: 'B', kind: 'choice', channels: 2, items },
      { name: 'C', kind: 'other', channels: 1 },
    ])
  })

  test('of a widget has the name of that in front; a multiplexer gives its own', () => {
    const text = `
      static const char *words[] = { "Line In", "Mic" };
      static SOC_ENUM_SINGLE_DECL(select, REG, 2, words);
      static const struct snd_kcontrol_new mixer_controls[] = { SOC_DAPM_SINGLE("HiFi Playback Switch", REG, 4, 1, 0) };
      static const struct snd_kcontrol_new mux = SOC_DAPM_ENUM("Input Select", select);
      static const struct snd_kcontrol_new through = SOC_DAPM_SINGLE("Switch", REG, 1, 1, 0);
      static const struct snd_kcontrol_new own[] = { SOC_DAPM_SINGLE("Own Name", REG, 1, 1, 0) };
      static const struct snd_kcontrol_new both[] = { SOC_DAPM_SINGLE("Shared Switch", REG, 1, 1, 0) };
      static const struct snd_kcontrol_new pins[] = { SOC_DAPM_PIN_SWITCH("HP Jack") };
      static const struct snd_soc_dapm_widget widgets[] = {
        SND_SOC_DAPM_MIXER("Output Mixer", REG, 4, 1, &mixer_controls[0], ARRAY_SIZE(mixer_controls)),
        SND_SOC_DAPM_MUX("Input Mux", SND_SOC_NOPM, 0, 0, &mux),
        SND_SOC_DAPM_SWITCH("Loopback", SND_SOC_NOPM, 0, 0, &through),
        SND_SOC_DAPM_MIXER_NAMED_CTL("Left", REG, 4, 1, own, ARRAY_SIZE(own)),
        SND_SOC_DAPM_MIXER("Left Out", REG, 4, 1, both, ARRAY_SIZE(both)),
        SND_SOC_DAPM_MIXER("Right Out", REG, 4, 1, both, ARRAY_SIZE(both)),
        SND_SOC_DAPM_PGA("Amplifier", REG, 1, 0, NULL, 0),
      };`
    expect(named(controlsIn(text))).toEqual([
      'Output Mixer HiFi Playback Switch',
      'Input Mux',
      'Loopback Switch',
      'Own Name',
      'Shared Switch',
      'HP Jack Switch',
    ])
  })

  test('of a list from which widgets of each chip take one belongs to those', () => {
    const text = `
      static const char *words[] = { "One", "Two" };
      static SOC_ENUM_SINGLE_DECL(select, REG, 2, words);
      static const struct snd_kcontrol_new muxes[] = { SOC_DAPM_ENUM("L", select), SOC_DAPM_ENUM("R", select) };
      static const struct snd_soc_dapm_widget small[] = { SND_SOC_DAPM_MUX("Left Source", R, 0, 0, &muxes[0]) };
      static const struct snd_soc_dapm_widget large[] = { SND_SOC_DAPM_MUX("Left 1 Source", R, 0, 0, &muxes[0]),
        SND_SOC_DAPM_MUX("Right 1 Source", R, 0, 0, &muxes[1]) };`
    expect(named(controlsIn(text))).toEqual(['Left Source', 'Left 1 Source', 'Right 1 Source'])
  })

  test('that is longer than ALSA takes is as long as that', () => {
    const long = 'x'.repeat(60)
    expect(named(listed(`SOC_SINGLE("${long}", REG, 0, 1, 0)`))).toEqual(['x'.repeat(43)])
  })

  test('that is in no list of macros is found by its name', () => {
    const text = `{ .name = "PCM Playback Volume", .tlv = { .p = x }, .info = own_info },
      { .name = "Digital Playback Switch", .info = snd_ctl_boolean_stereo_info }`
    expect(listed(text)).toEqual([
      { name: 'PCM Playback Volume', channels: 1, kind: 'other' },
      { name: 'Digital Playback Switch', channels: 2, kind: 'switch' },
    ])
  })

  test('whose name is put together is a pattern', () => {
    const controls = controlsIn(`
      snprintf(s, sizeof(s), "Line In %d Level Capture Enum", i + 1);
      err = scarlett2_add_new_ctl(mixer, &ctl, 0, 1, "MSD Mode Switch", NULL);
      dev_err(dev, "not a name of a Switch\\n");`)
    expect(findControl(controls, 'Line In 2 Level Capture Enum')?.kind).toBe('pattern')
    expect(findControl(controls, 'Line In Level Capture Enum')).toBeUndefined()
    expect(findControl(controls, 'MSD Mode Switch')?.kind).toBe('other')
  })

  test('that is commented out is none', () => {
    expect(
      listed(
        '/* SOC_SINGLE("A", R, 0, 1, 0), */ SOC_SINGLE("B", R, 0, 1, 0) // SOC_SINGLE("C", R, 0, 1, 0)',
      ),
    ).toHaveLength(1)
    expect(listed('#if 0\nSOC_SINGLE("A", R, 0, 1, 0),\n#endif\n')).toEqual([])
  })
})

describe('tables/mixer-controls.json', () => {
  const { controls } = mixerControls()['sound/soc/codecs/da7213']!
  // raspberrypi/Pi-Codec, Codec_Zero_AUXIN_record_and_HP_playback.state: what ALSA itself has shown of
  // such a card, in dB at both ends
  test.each([
    ['Mic 1 Volume', 1, 7, -6, 36],
    ['Aux Volume', 2, 63, -54, 15],
    ['Mixin PGA Volume', 2, 15, -4.5, 18],
    ['Headphone Volume', 2, 63, -57, 6],
    ['Lineout Volume', 1, 63, -48, 15],
    ['DAC EQ1 Volume', 1, 15, -10.5, 12],
    ['ALC Noise Threshold Volume', 1, 63, -94.5, 0],
    ['ALC Max Gain Volume', 1, 15, 0, 90],
  ])('has %s as a real card shows it', (name, channels, max, from, to) => {
    const control = findControl(controls, name)!
    expect(control).toMatchObject({ kind: 'level', channels, max })
    expect(control.kind === 'level' && dBOf(control)).toEqual({ from, to })
  })

  test.each([
    ['Mixout Right Mixin Right Invert Switch', { kind: 'switch', channels: 1 }],
    ['DAC Invert Switch', { kind: 'switch', channels: 2 }],
    ['Mic 2 Amp Source MUX', { kind: 'choice', items: ['Differential', 'MIC_P', 'MIC_N'] }],
    ['ADC HPF Cutoff', { kind: 'choice', items: ['Fs/24000', 'Fs/12000', 'Fs/6000', 'Fs/3000'] }],
  ])('has %s, too', (name, control) => {
    expect(findControl(controls, name)).toMatchObject(control)
  })

  test('is made of a source anew where that has the driver, and stays as it was elsewhere', () => {
    const root = copyOfRepository({
      'soundcards/onboard.yaml': (text) =>
        text.replace(/drivers: \[.*\]/, 'drivers: [sound/soc/codecs/own]'),
    })
    const linux = temporaryFolder()
    write(linux, {
      Makefile: 'VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 3\n',
      'sound/soc/codecs/own.c':
        '#include "own.h"\nstruct snd_kcontrol_new c[] = { SOC_SINGLE("A", R, 0, MAX, 0) };\n',
      'sound/soc/codecs/own.h': '#define MAX 9\n',
    })
    const made = JSON.parse(tableWith(root, linux)) as ReturnType<typeof mixerControls>
    expect(made['sound/soc/codecs/own']).toEqual({
      of: 'Linux 6.99.3',
      controls: [{ name: 'A', channels: 1, kind: 'level', max: 9 }],
    })
    expect(made['sound/soc/codecs/da7213']).toEqual(mixerControls()['sound/soc/codecs/da7213'])
    expect(JSON.parse(tableWith(root, linux, 'another'))).toMatchObject({
      'sound/soc/codecs/own': { of: 'another' },
    })
  })

  test('is not made of what is no source of Linux', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'empty'))
    expect(() => tableWith(repository, join(folder, 'none'))).toThrow(
      'there is no such file or folder',
    )
    expect(() => tableWith(repository, join(folder, 'empty'))).toThrow('say --linux-name, too')
  })

  test('is written a control a line', () => {
    const text = readFileSync(join(repository, 'tables/mixer-controls.json'), 'utf8')
    const count = Object.values(mixerControls()).flatMap((one) => one.controls).length
    expect(text.match(/^\{"name".*\}?,?$/gm)).toHaveLength(count)
    expect(count).toBeGreaterThan(300)
  })
})
