# Turns cameras.tsv into initialisers of `struct camera`. Columns are found by name.
BEGIN { FS = "\t" }
/^#/ { next }
!named { for (i = 1; i <= NF; i++) column[$i] = i; named = 1; next }
function hex(name) { return "0x" $(column[name]) }
function slots(text) { return (text ~ /SD/ ? 1 : 0) + (text ~ /CF/ ? 2 : 0) }
{
    printf "{ .name = \"%s\", .digic = %d, .slots = %d, .ram_size = %s,\n", $(column["model"]), $(column["digic"]),
        slots($(column["slots"])), hex("ram_size")
    printf "  .led_register = %s, .led_on = %s, .led_off = %s,\n", hex("led_register"), hex("led_on"), hex("led_off")
    printf "  .mpu_request = %s, .mpu_request_bit = %s, .mpu_status = %s,\n", hex("mpu_request"), hex("mpu_request_bit"),
        hex("mpu_status")
    printf "  .sd_host = %s, .sd_dma = %s, .cf_ata = %s, .cf_dma = %s,\n", hex("sd_host"), hex("sd_dma"), hex("cf_ata"),
        hex("cf_dma")
    printf "  .firmware_start = %s },\n", hex("firmware_start")
}
