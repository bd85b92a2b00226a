import { describe, expect, test } from 'vitest'
import { mergeConfig } from '../../stages/image/merge-config.ts'

const base = `# For more options and information see
# http://rptl.io/configtxt
dtparam=audio=on
#dtparam=i2c_arm=on
camera_auto_detect=1
dtoverlay=vc4-kms-v3d
arm_boost=1

[cm4]
otg_mode=1
dtoverlay=dwc2,dr_mode=host

[all]
`

describe("a base's config.txt", () => {
  test('stays as it is, with what the image says behind it, for all boards', () => {
    const merged = mergeConfig(base, '# tuning\ngpu_mem=16\n', [])
    expect(merged).toBe(`${base}\n[all]\n# tuning\ngpu_mem=16\n`)
  })

  test('gives way, as a comment that says so, where the image says something else', () => {
    const merged = mergeConfig(base, 'dtparam=audio=off\ndtoverlay=vc4-kms-v3d,noaudio\n', [])
    expect(merged).toContain('\n# said below by downbeat: dtparam=audio=on\n')
    expect(merged).toContain('\n# said below by downbeat: dtoverlay=vc4-kms-v3d\n')
    expect(merged).toContain('\n#dtparam=i2c_arm=on\n')
    expect(merged).toContain('\ndtoverlay=dwc2,dr_mode=host\n')
  })

  test('keeps a line that the image contradicts for one board only: there the later one wins', () => {
    const merged = mergeConfig(base, '[pi3]\narm_boost=0\n[all]\notg_mode=0\n', [])
    expect(merged).toContain('\narm_boost=1\n')
    expect(merged).toContain('\n# said below by downbeat: otg_mode=1\n')
  })

  test('loses, as a comment, what does not go with the kernel', () => {
    const unfit = ['camera_auto_detect', 'dtoverlay=vc4-kms-v3d'].map((text) => ({
      text,
      by: 'kernel/debian',
    }))
    const merged = mergeConfig(base, 'gpu_mem=16\n', unfit)
    expect(merged).toContain('\n# kernel/debian does without: camera_auto_detect=1\n')
    expect(merged).toContain('\n# kernel/debian does without: dtoverlay=vc4-kms-v3d\n')
    expect(merged).toContain('\ndtoverlay=dwc2,dr_mode=host\n')
  })

  test('has an empty overlay of ours before any of its own: it keeps out the one in an EEPROM', () => {
    const merged = mergeConfig(base, '[all]\ndtoverlay=\ndtoverlay=card\n', [])
    expect(merged).toMatch(/^# downbeat says below .*\ndtoverlay=\n\n# For more options/)
    expect(merged).toContain('\n[all]\n[all]\ndtoverlay=\ndtoverlay=card\n')
    expect(mergeConfig(base, '[pi3]\ndtoverlay=\n', [])).toMatch(/^# For more options/)
  })

  test('may end its lines as Windows does', () => {
    expect(mergeConfig('arm_boost=1\r\ndtparam=audio=on\r\n', 'dtparam=audio=off\n', [])).toBe(
      'arm_boost=1\n# said below by downbeat: dtparam=audio=on\n\n[all]\ndtparam=audio=off\n',
    )
  })
})
