/*
 * Makes every system call by number, through one of the three doors of x86-64: prints "NUMBER ERRNO" for each. All six arguments are -1, which no call does
 * anything useful with. Each is made in a child of its own; one that a signal ended counts as 1000 plus the signal, one that did not come back as 2000.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static inline __attribute__((always_inline)) long call64(long number) {
    long result;
    register long r10 __asm__("r10") = -1, r8 __asm__("r8") = -1, r9 __asm__("r9") = -1;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(-1L), "S"(-1L), "d"(-1L), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}

/* From a 64-bit program the fifth and sixth argument are edi and ebp; the last is left as it is, the compiler needs it. */
static inline __attribute__((always_inline)) long call32(long number) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(-1L), "c"(-1L), "d"(-1L), "S"(-1L), "D"(-1L) : "r8", "r9", "r10", "r11", "memory");
    return (int)result;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int x32 = !strcmp(argv[1], "x32"), i386 = !strcmp(argv[1], "i386");
    int *slot = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (long number = atol(argv[2]); number < atol(argv[3]); number++) {
        *slot = 2000;
        pid_t child = fork();
        if (child == 0) {
            long self = getpid();
            alarm(1);
            long result = i386 ? call32(number) : call64(x32 ? number | 0x40000000 : number);
            if (syscall(SYS_getpid) == self) *slot = result < 0 && result > -4096 ? (int)-result : 0;
            syscall(SYS_exit_group, 0);
        }
        int status = 0;
        for (int waited = 0; waitpid(child, &status, WNOHANG) == 0; waited++) {
            /* One call blocks all signals and waits for one. */
            if (waited == 3000) kill(child, SIGKILL);
            usleep(500);
        }
        if (WIFSIGNALED(status) && *slot == 2000) *slot = 1000 + WTERMSIG(status);
        printf("%ld %d\n", number, *slot);
    }
    return 0;
}
