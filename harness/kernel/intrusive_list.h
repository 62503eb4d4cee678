// SPDX-License-Identifier: MIT
// Doubly linked list through hooks inside its elements: linking and unlinking are O(1) and never
// allocate, which the wake-up path needs. Lists own nothing.
#pragma once

namespace e3::sim {

// One membership of one element. An unlinked hook has no owner.
template <class T>
struct ListHook {
  T* owner = nullptr;
  ListHook* previous = nullptr;
  ListHook* next = nullptr;

  bool linked() const { return owner != nullptr; }
};

template <class T, ListHook<T> T::*Hook>
class IntrusiveList {
 public:
  IntrusiveList() { clear(); }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;

  bool empty() const { return head_.next == &head_; }
  T* front() const { return head_.next->owner; }  // nullptr when empty
  T* back() const { return head_.previous->owner; }
  static T* next(const T& element) { return (element.*Hook).next->owner; }  // nullptr at the end

  void push_front(T& element) { insert_before(*head_.next, element); }
  void push_back(T& element) { insert_before(head_, element); }

  // Does nothing to an element that is in no list.
  static void remove(T& element) {
    ListHook<T>& hook = element.*Hook;
    if (hook.previous == nullptr || hook.next == nullptr) return;
    hook.previous->next = hook.next;
    hook.next->previous = hook.previous;
    hook = {};
  }

  T* pop_front() {
    T* element = front();
    if (element != nullptr) remove(*element);
    return element;
  }

  // Moves every element of `other`, in order, in front of this list's own.
  void splice_front(IntrusiveList& other) {
    if (other.empty()) return;
    other.head_.next->previous = &head_;
    other.head_.previous->next = head_.next;
    head_.next->previous = other.head_.previous;
    head_.next = other.head_.next;
    other.clear();
  }

  // Forgets all elements without touching their hooks.
  void clear() { head_.previous = head_.next = &head_; }

 private:
  static void insert_before(ListHook<T>& position, T& element) {
    ListHook<T>& hook = element.*Hook;
    hook = {&element, position.previous, &position};
    position.previous->next = &hook;
    position.previous = &hook;
  }

  ListHook<T> head_;
};

}  // namespace e3::sim
